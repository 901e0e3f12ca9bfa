package dev.millrace.server.internal.json;

/// A text is not the JSON that was expected. The message says what and where.
public final class JsonException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    JsonException(String message) {
        super(message);
    }
}
