package dev.millrace.kafka.internal.engine;

import dev.millrace.log.LogException;
import dev.millrace.log.LogException.Code;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaFuture;
import org.jspecify.annotations.Nullable;

/// The cluster's administration, asked with plain calls that wait. For any number of threads.
final class ClusterAdmin implements AutoCloseable {
    private final Admin admin;
    private final long timeoutMillis;
    private volatile boolean closed;

    ClusterAdmin(ClusterClients clients) {
        admin = clients.admin();
        timeoutMillis = clients.options().timeoutMillis();
    }

    Admin calls() {
        return admin;
    }

    long timeoutMillis() {
        return timeoutMillis;
    }

    /// Waits for an answer.
    ///
    /// @param answer null only where the client has none to what it was asked
    /// @param doing what was asked, for the error
    /// @throws LogException what the failure comes to
    <T> T get(@Nullable KafkaFuture<T> answer, String doing) {
        try {
            return Objects.requireNonNull(answer, doing).get(timeoutMillis, TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw closed ? closed() : ClusterErrors.of(e, doing);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LogException(Code.UNAVAILABLE, doing + " was interrupted", e);
        }
    }

    /// Waits a little before the cluster is asked again.
    ///
    /// @throws LogException `closed`, `unavailable` where the thread was interrupted
    void pause(long nanos) {
        requireOpen();
        LockSupport.parkNanos(nanos);
        if (Thread.currentThread().isInterrupted()) {
            throw new LogException(Code.UNAVAILABLE, "waiting for the cluster was interrupted");
        }
    }

    void requireOpen() {
        if (closed) {
            throw closed();
        }
    }

    boolean isClosed() {
        return closed;
    }

    static LogException closed() {
        return new LogException(Code.CLOSED, "the log was closed; open it again");
    }

    @Override
    public void close() {
        closed = true;
        admin.close(java.time.Duration.ZERO);
    }
}
