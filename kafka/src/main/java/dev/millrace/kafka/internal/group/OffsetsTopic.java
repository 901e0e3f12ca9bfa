package dev.millrace.kafka.internal.group;

import dev.millrace.log.AppendResult;
import dev.millrace.log.Compression;
import dev.millrace.log.EventLog;
import dev.millrace.log.LogException;
import dev.millrace.log.LogException.Code;
import dev.millrace.log.LogRecord;
import dev.millrace.log.RecordBatch;
import dev.millrace.log.RunningView;
import dev.millrace.log.TopicPartition;
import dev.millrace.log.TopicSpec;
import dev.millrace.log.Views;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/// The [GroupStore] that is the internal topic `__consumer_offsets`: what is appended comes back
/// through [GroupsView], in this process or the next. The topic has one partition and is compacted.
public final class OffsetsTopic implements GroupStore, AutoCloseable {
    static final TopicPartition PARTITION = new TopicPartition("__consumer_offsets", 0);
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    /// A group's members are one record, however many they are.
    private static final int MOST_RECORD_BYTES = 16 << 20;

    private final EventLog log;
    private final RunningView<GroupsView> view;
    private final ExecutorService answering = Executors.newVirtualThreadPerTaskExecutor();

    private OffsetsTopic(EventLog log, RunningView<GroupsView> view) {
        this.log = log;
        this.view = view;
    }

    /// Creates the topic where there is none, and reads all that is in it.
    ///
    /// @throws LogException of the log, or of the view
    public static OffsetsTopic open(EventLog log, Views views) {
        createTopic(log);
        RunningView<GroupsView> view = views.run(new GroupsView());
        while (!view.awaitPresent(PATIENCE)) {
            if (Thread.currentThread().isInterrupted()) {
                view.close();
                throw new LogException(Code.CLOSED, "interrupted while the groups were being read");
            }
        }
        return new OffsetsTopic(log, view);
    }

    private static void createTopic(EventLog log) {
        try {
            log.createTopic(
                    TopicSpec.internal(PARTITION.topic())
                            .config("cleanup.policy", "compact")
                            .config("segment.bytes", Integer.toString(32 << 20))
                            .config("max.record.bytes", Integer.toString(MOST_RECORD_BYTES))
                            .config("max.message.bytes", Integer.toString(MOST_RECORD_BYTES)));
        } catch (LogException e) {
            if (e.code() != Code.TOPIC_EXISTS) {
                throw e;
            }
        }
    }

    @Override
    public CompletableFuture<Void> append(List<LogRecord> records) {
        try {
            RecordBatch batch = RecordBatch.of(records, Compression.NONE);
            return log.appendInternal(PARTITION, batch).thenAcceptAsync(this::awaitView, answering);
        } catch (LogException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private void awaitView(AppendResult appended) {
        if (!view.awaitOffset(PARTITION, appended.lastOffset(), PATIENCE)) {
            throw new LogException(
                    Code.IO,
                    "offset %d of %s was not read back within %s"
                            .formatted(appended.lastOffset(), PARTITION, PATIENCE));
        }
    }

    @Override
    public Map<String, StoredGroup> groups() {
        return view.current().groups();
    }

    /// Waits for what was appended, and saves the view.
    @Override
    public void close() {
        answering.close();
        view.close();
    }
}
