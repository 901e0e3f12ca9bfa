package dev.millrace.kafka.internal.protocol;

/// What a client sent is not the Kafka protocol, or not a part of it that is spoken here: there is
/// no answer to it, and the connection is closed with the message in our log.
public final class ProtocolException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public ProtocolException(String message) {
        super(message);
    }

    public ProtocolException(String message, Throwable cause) {
        super(message, cause);
    }
}
