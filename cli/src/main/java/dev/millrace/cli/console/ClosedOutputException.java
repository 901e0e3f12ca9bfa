package dev.millrace.cli.console;

/// Whoever read our output has gone; there is nothing left to do, and nothing to complain about.
public final class ClosedOutputException extends RuntimeException {
    private static final long serialVersionUID = 1L;
}
