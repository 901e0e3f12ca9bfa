package dev.millrace.log.internal;

/// A view's checkpoint cannot be used; the message says why, and the view replays.
final class UnusableCheckpointException extends Exception {
    private static final long serialVersionUID = 1L;

    UnusableCheckpointException(String why) {
        super(why);
    }

    String why() {
        return String.valueOf(getMessage());
    }
}
