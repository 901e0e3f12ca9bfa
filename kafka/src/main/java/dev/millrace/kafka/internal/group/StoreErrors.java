package dev.millrace.kafka.internal.group;

import dev.millrace.log.LogException;
import dev.millrace.log.LogException.Code;
import java.util.concurrent.CompletionException;
import org.apache.kafka.common.protocol.Errors;

/// What a client is told when its group's records could not be written.
final class StoreErrors {
    private static final System.Logger LOG = System.getLogger("dev.millrace.kafka");

    private StoreErrors() {}

    /// Clients try again where it may go better, on a full disk, say. Logged here.
    static Errors of(Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null
                        ? failure.getCause()
                        : failure;
        LOG.log(
                System.Logger.Level.WARNING,
                "records of a group could not be written to {0}: {1}",
                OffsetsTopic.PARTITION,
                cause.getMessage());
        boolean tooLarge = cause instanceof LogException e && e.code() == Code.RECORD_TOO_LARGE;
        return tooLarge ? Errors.UNKNOWN_SERVER_ERROR : Errors.COORDINATOR_NOT_AVAILABLE;
    }
}
