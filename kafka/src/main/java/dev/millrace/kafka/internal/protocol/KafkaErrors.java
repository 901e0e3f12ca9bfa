package dev.millrace.kafka.internal.protocol;

import dev.millrace.log.LogException;
import java.util.concurrent.CompletionException;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.protocol.Errors;

/// What a failure is called in the Kafka protocol.
public final class KafkaErrors {
    private KafkaErrors() {}

    /// The error that stands for `failure`.
    public static Errors of(Throwable failure) {
        return switch (failure) {
            case CompletionException wrapped when wrapped.getCause() != null ->
                    of(wrapped.getCause());
            case LogException known -> of(known.code());
            case ApiException named -> Errors.forException(named);
            default -> Errors.UNKNOWN_SERVER_ERROR;
        };
    }

    /// The error that stands for a code of the log.
    static Errors of(LogException.Code code) {
        return switch (code) {
            case UNKNOWN_TOPIC -> Errors.UNKNOWN_TOPIC_OR_PARTITION;
            case TOPIC_EXISTS -> Errors.TOPIC_ALREADY_EXISTS;
            case INVALID_TOPIC -> Errors.INVALID_TOPIC_EXCEPTION;
            case INVALID_CONFIG -> Errors.INVALID_CONFIG;
            case INVALID_BATCH -> Errors.INVALID_RECORD;
            case RECORD_TOO_LARGE -> Errors.MESSAGE_TOO_LARGE;
            case OUT_OF_ORDER_SEQUENCE -> Errors.OUT_OF_ORDER_SEQUENCE_NUMBER;
            case PRODUCER_FENCED -> Errors.INVALID_PRODUCER_EPOCH;
            case OFFSET_OUT_OF_RANGE -> Errors.OFFSET_OUT_OF_RANGE;
            case CORRUPT_BATCH, CORRUPT_RECORD -> Errors.CORRUPT_MESSAGE;
            case UNKNOWN_GROUP -> Errors.GROUP_ID_NOT_FOUND;
            case GROUP_NOT_EMPTY -> Errors.NON_EMPTY_GROUP;
            case NOT_SUPPORTED -> Errors.INVALID_REQUEST;
            // clients ask again, as they would where the disk of Kafka's own broker fails
            case DISK_FULL, POISONED, IO -> Errors.KAFKA_STORAGE_ERROR;
            case UNAVAILABLE -> Errors.REQUEST_TIMED_OUT;
            case NOT_AUTHORIZED -> Errors.TOPIC_AUTHORIZATION_FAILED;
            case CLOSED -> Errors.NOT_LEADER_OR_FOLLOWER;
            case PRECONDITION_FAILED,
                    CALLBACK_FAILED,
                    INVALID_VIEW,
                    UNKNOWN_VIEW,
                    VIEW_STOPPED,
                    LOG_IN_USE,
                    NOT_A_LOG,
                    FORMAT_TOO_NEW ->
                    Errors.UNKNOWN_SERVER_ERROR;
        };
    }

    /// What a client is told of `failure` in words; the message of our own bugs stays with us.
    public static String message(Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null
                        ? failure.getCause()
                        : failure;
        Errors error = of(cause);
        String said = cause.getMessage();
        return error == Errors.UNKNOWN_SERVER_ERROR || said == null ? error.message() : said;
    }

    /// `failure` as kafka-clients' own exception, with our message.
    public static ApiException exception(Throwable failure) {
        return of(failure).exception(message(failure));
    }
}
