package dev.millrace.log.internal;

import dev.millrace.log.LogException;
import dev.millrace.log.LogException.Code;
import dev.millrace.log.LogRecord;
import dev.millrace.log.ProducerId;
import dev.millrace.log.RecordBatch;
import dev.millrace.log.TopicConfig;
import dev.millrace.log.TopicDescription;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletionException;
import java.util.function.UnaryOperator;

/// Gives out producer ids that are never given again. An id is the offset of a record in the
/// internal topic `__producers`: an offset that was acknowledged belongs to nobody else, after any
/// crash. The records have nothing in them, and one key, so that compaction leaves the last.
final class ProducerIds {
    static final String TOPIC = "__producers";
    private static final byte[] KEY = {};

    private final Topics topics;
    private final UnaryOperator<PendingAppend> submit;
    private final Clock clock;

    ProducerIds(Topics topics, UnaryOperator<PendingAppend> submit, Clock clock) {
        this.topics = topics;
        this.submit = submit;
        this.clock = clock;
    }

    ProducerId next() {
        RecordBatch batch =
                RecordBatch.of(new LogRecord(clock.epochMillis(), KEY, new byte[0], List.of()));
        PendingAppend append = new PendingAppend(topic().partition(0), batch);
        append.markOurs();
        try {
            return new ProducerId(submit.apply(append).join().baseOffset(), 0);
        } catch (CompletionException e) {
            if (e.getCause() instanceof LogException cause) {
                throw new LogException(cause.code(), String.valueOf(cause.getMessage()), cause);
            }
            throw e;
        }
    }

    private Topic topic() {
        if (!topics.exists(TOPIC)) {
            TopicConfig config = TopicConfig.of(Map.of("cleanup.policy", "compact"));
            try {
                topics.create(new TopicDescription(TOPIC, UUID.randomUUID(), 1, config));
            } catch (LogException e) {
                if (e.code() != Code.TOPIC_EXISTS) {
                    throw e;
                }
            }
        }
        return topics.get(TOPIC);
    }
}
