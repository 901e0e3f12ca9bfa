package dev.millrace.cli.console;

import org.jspecify.annotations.Nullable;

/// A command cannot do its work. The message says what happened, where, and what to do next; the
/// code is stable and meant for programs.
public final class CommandException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String code;
    private final boolean wrongUsage;

    public CommandException(String code, String message) {
        this(code, message, null);
    }

    public CommandException(String code, String message, @Nullable Throwable cause) {
        this(code, message, cause, false);
    }

    private CommandException(
            String code, String message, @Nullable Throwable cause, boolean wrongUsage) {
        super(message, cause);
        this.code = code;
        this.wrongUsage = wrongUsage;
    }

    /// The command line itself is wrong.
    public static CommandException usage(String code, String message) {
        return new CommandException(code, message, null, true);
    }

    public String code() {
        return code;
    }

    public boolean wrongUsage() {
        return wrongUsage;
    }
}
