package dev.millrace.cli;

import dev.millrace.log.EventLog;

/// An open log that is closed in order also where the process is told to end: `consume --follow` is
/// ended that way, and should leave nothing to recover.
///
/// @param <L> what the command needs: any [EventLog], or one in a directory
final class OpenLog<L extends EventLog> implements AutoCloseable {
    private final L log;
    private final Thread atExit;

    OpenLog(L log) {
        this.log = log;
        atExit = new Thread(log::close, "close-log");
        Runtime.getRuntime().addShutdownHook(atExit);
    }

    L log() {
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
