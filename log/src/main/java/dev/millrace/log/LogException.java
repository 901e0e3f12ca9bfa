package dev.millrace.log;

import org.jspecify.annotations.Nullable;

/// A failure of the log. The message says what happened, where, and what to do next; the code is
/// stable and meant for programs.
public class LogException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /// Whose failure it is.
    public enum Kind {
        /// The caller's: the same call will fail again.
        CALLER,
        /// Asked of an engine that cannot do it.
        NOT_SUPPORTED,
        /// Ours, or the machine's.
        OURS
    }

    /// What happened.
    public enum Code {
        UNKNOWN_TOPIC(Kind.CALLER),
        TOPIC_EXISTS(Kind.CALLER),
        INVALID_TOPIC(Kind.CALLER),
        INVALID_CONFIG(Kind.CALLER),
        INVALID_BATCH(Kind.CALLER),
        CORRUPT_BATCH(Kind.CALLER),
        RECORD_TOO_LARGE(Kind.CALLER),
        OUT_OF_ORDER_SEQUENCE(Kind.CALLER),
        PRODUCER_FENCED(Kind.CALLER),
        OFFSET_OUT_OF_RANGE(Kind.CALLER),
        PRECONDITION_FAILED(Kind.CALLER),
        CALLBACK_FAILED(Kind.CALLER),
        INVALID_VIEW(Kind.CALLER),
        UNKNOWN_VIEW(Kind.CALLER),
        VIEW_STOPPED(Kind.CALLER),
        UNKNOWN_GROUP(Kind.CALLER),
        GROUP_NOT_EMPTY(Kind.CALLER),
        LOG_IN_USE(Kind.CALLER),
        NOT_A_LOG(Kind.CALLER),
        NOT_AUTHORIZED(Kind.CALLER),
        CLOSED(Kind.CALLER),
        NOT_SUPPORTED(Kind.NOT_SUPPORTED),
        FORMAT_TOO_NEW(Kind.NOT_SUPPORTED),
        CORRUPT_RECORD(Kind.OURS),
        DISK_FULL(Kind.OURS),
        POISONED(Kind.OURS),
        UNAVAILABLE(Kind.OURS),
        IO(Kind.OURS);

        private final Kind kind;

        Code(Kind kind) {
            this.kind = kind;
        }

        public Kind kind() {
            return kind;
        }

        /// The stable form: `disk-full`.
        public String key() {
            return name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
        }
    }

    private final Code code;

    public LogException(Code code, String message) {
        this(code, message, null);
    }

    public LogException(Code code, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.code = code;
    }

    public Code code() {
        return code;
    }
}
