package dev.millrace.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.millrace.cli.console.ClosedOutputException;
import dev.millrace.cli.console.CommandException;
import dev.millrace.cli.console.Console;
import dev.millrace.log.LogException;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionException;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/// Tells what went wrong on standard error, and turns it into an exit code.
final class Failures {
    private static final int FAILED = 1;
    private static final int WRONG_USAGE = 2;

    private final Console console;
    private final boolean json;

    Failures(Console console, boolean json) {
        this.console = console;
        this.json = json;
    }

    /// Runs a command, whatever comes of it.
    int guard(Callable<Integer> command) {
        try {
            return command.call();
        } catch (Exception e) {
            return report(e);
        }
    }

    /// @return the exit code
    int report(Exception thrown) {
        Throwable e = thrown;
        while ((e instanceof CompletionException || e instanceof UncheckedIOException)
                && e.getCause() != null) {
            e = e.getCause();
        }
        return switch (e) {
            case ClosedOutputException _ -> 0;
            case CommandException c -> {
                say(c.code(), message(c));
                yield c.wrongUsage() ? WRONG_USAGE : FAILED;
            }
            case LogException l -> {
                say(l.code().key(), message(l) + next(l));
                yield wrongUsage(l) ? WRONG_USAGE : FAILED;
            }
            case IOException io -> {
                say("io", "input or output failed: " + io);
                yield FAILED;
            }
            default -> {
                say("internal", "this is a defect of Millrace; please report it: " + e);
                e.printStackTrace(console.err());
                yield FAILED;
            }
        };
    }

    private static String message(Exception e) {
        String message = e.getMessage();
        return message == null ? e.toString() : message;
    }

    private static boolean wrongUsage(LogException e) {
        return e.code() == LogException.Code.INVALID_CONFIG
                || e.code() == LogException.Code.INVALID_TOPIC;
    }

    /// What to do next, where the log cannot know that it was asked from a command line.
    private static String next(LogException e) {
        return switch (e.code()) {
            case UNKNOWN_TOPIC -> "; `millrace topic list` shows what there is";
            case UNKNOWN_GROUP -> "; `millrace group list` shows what there is";
            case UNKNOWN_VIEW -> "; `millrace view list` shows what there is";
            case OFFSET_OUT_OF_RANGE -> "; `millrace topic describe` shows every partition";
            default -> "";
        };
    }

    int reportUsage(ParameterException e) {
        String message = message(e);
        if (!json && e instanceof UnmatchedArgumentException unmatched) {
            StringWriter suggestions = new StringWriter();
            UnmatchedArgumentException.printSuggestions(
                    unmatched, new java.io.PrintWriter(suggestions, true));
            message +=
                    suggestions.toString().isBlank() ? "" : "; " + suggestions.toString().strip();
        }
        String command = e.getCommandLine().getCommandSpec().qualifiedName();
        say("usage", message + "; `" + command + " --help` tells more");
        return WRONG_USAGE;
    }

    private void say(String code, String message) {
        if (!json) {
            console.err().println("millrace: " + message + " [" + code + "]");
            return;
        }
        StringWriter text = new StringWriter();
        try (JsonGenerator to = new JsonFactory().createGenerator(text)) {
            to.writeStartObject();
            to.writeStringField("code", code);
            to.writeStringField("message", message);
            to.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        console.err().println(text);
    }
}
