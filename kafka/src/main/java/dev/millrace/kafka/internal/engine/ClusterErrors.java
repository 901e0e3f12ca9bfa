package dev.millrace.kafka.internal.engine;

import dev.millrace.log.LogException;
import dev.millrace.log.LogException.Code;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.common.InvalidRecordException;
import org.apache.kafka.common.errors.ApplicationRecoverableException;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.CorruptRecordException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.InvalidConfigurationException;
import org.apache.kafka.common.errors.InvalidPartitionsException;
import org.apache.kafka.common.errors.InvalidReplicationFactorException;
import org.apache.kafka.common.errors.InvalidTimestampException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.PolicyViolationException;
import org.apache.kafka.common.errors.RecordBatchTooLargeException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicIdException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.errors.UnsupportedVersionException;

/// Failures of Kafka's clients as failures of the log.
final class ClusterErrors {
    private ClusterErrors() {}

    /// @param doing what was asked for, and of what: `appending to orders-0`
    static LogException of(Throwable thrown, String doing) {
        Throwable e = thrown;
        while ((e instanceof ExecutionException || e instanceof CompletionException)
                && e.getCause() != null) {
            e = e.getCause();
        }
        if (e instanceof LogException known) {
            return known;
        }
        Code code = code(e);
        return new LogException(
                code, "%s failed: %s%s".formatted(doing, message(e), next(code)), e);
    }

    private static Code code(Throwable e) {
        return switch (e) {
            case UnknownTopicOrPartitionException _, UnknownTopicIdException _ ->
                    Code.UNKNOWN_TOPIC;
            case TopicExistsException _ -> Code.TOPIC_EXISTS;
            case InvalidTopicException _ -> Code.INVALID_TOPIC;
            case RecordTooLargeException _, RecordBatchTooLargeException _ -> Code.RECORD_TOO_LARGE;
            case InvalidRecordException _, InvalidTimestampException _ -> Code.INVALID_BATCH;
            case AuthenticationException _, AuthorizationException _ -> Code.NOT_AUTHORIZED;
            case UnsupportedVersionException _ -> Code.NOT_SUPPORTED;
            case CorruptRecordException _ -> Code.CORRUPT_RECORD;
            // a producer of ours that was fenced is replaced before the next call
            case RetriableException _,
                    ApplicationRecoverableException _,
                    InterruptException _,
                    java.util.concurrent.TimeoutException _ ->
                    Code.UNAVAILABLE;
            // the last: Kafka has much that is no configuration below it
            case InvalidPartitionsException _,
                    InvalidReplicationFactorException _,
                    PolicyViolationException _,
                    InvalidConfigurationException _ ->
                    Code.INVALID_CONFIG;
            default -> Code.IO;
        };
    }

    private static String message(Throwable e) {
        String message = e.getMessage();
        return message == null ? e.getClass().getSimpleName() : message;
    }

    private static String next(Code code) {
        return switch (code) {
            case UNAVAILABLE ->
                    "; look whether the brokers run and can be reached, and enough replicas are in"
                            + " sync";
            case NOT_AUTHORIZED ->
                    "; give credentials that may with cluster.client.*, or have the cluster allow"
                            + " it";
            default -> "";
        };
    }
}
