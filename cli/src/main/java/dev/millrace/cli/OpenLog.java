package dev.millrace.cli;

import dev.millrace.log.LocalLog;

/// An open log that is closed in order also where the process is told to end: `consume --follow` is
/// ended that way, and should leave nothing to recover.
final class OpenLog implements AutoCloseable {
    private final LocalLog log;
    private final Thread atExit;

    OpenLog(LocalLog log) {
        this.log = log;
        atExit = new Thread(log::close, "close-log");
        Runtime.getRuntime().addShutdownHook(atExit);
    }

    LocalLog log() {
        return log;
    }

    @Override
    public void close() {
        try {
            Runtime.getRuntime().removeShutdownHook(atExit);
        } catch (IllegalStateException e) {
            return; // the process ends, and the hook closes the log
        }
        log.close();
    }
}
