package dev.millrace.log.internal;

import dev.millrace.log.AppendListener;
import dev.millrace.log.AppendResult;
import dev.millrace.log.Appender;
import dev.millrace.log.BatchReader;
import dev.millrace.log.Capability;
import dev.millrace.log.CleaningReport;
import dev.millrace.log.Cursor;
import dev.millrace.log.Damage;
import dev.millrace.log.LeaderEpoch;
import dev.millrace.log.LocalLog;
import dev.millrace.log.LogException;
import dev.millrace.log.LogException.Code;
import dev.millrace.log.LogMetrics;
import dev.millrace.log.LogOptions;
import dev.millrace.log.LogRecord;
import dev.millrace.log.OffsetOutOfRangeException;
import dev.millrace.log.PartitionAppend;
import dev.millrace.log.Precondition;
import dev.millrace.log.ProducerDescription;
import dev.millrace.log.ProducerId;
import dev.millrace.log.RecordBatch;
import dev.millrace.log.RecoveryReport;
import dev.millrace.log.TopicConfig;
import dev.millrace.log.TopicDescription;
import dev.millrace.log.TopicPartition;
import dev.millrace.log.TopicSpec;
import dev.millrace.log.Views;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The local log: wires directory, journal, write loops and topics together, and turns calls into
/// appends and cursors. What opening does is in [LogOpening]; what one partition is, in
/// [PartitionLog]; how it is written, in [WritePath] and [WriteLoop].
public final class LogEngine implements LocalLog {
    private final LogDirectory directory;
    private final LogOptions options;
    private final boolean mapped;
    private final Topics topics;
    private final Journal journal;
    private final WriteLoop fsyncLoop;
    private final WriteLoop osLoop;
    private final WritePath writes;
    private final ProducerIds producerIds;
    private final Checkpointer checkpointer;
    private final Flusher flusher;
    private final Cleaner cleaner;
    private final RecoveryReport recovery;
    private final MetricsReader metrics;
    private final LocalViews views;
    private final OpenHandles handles;
    private volatile boolean closed;

    private LogEngine(
            ObservedStorage storage,
            LogOpening opened,
            LogOptions options,
            Clock clock,
            long openedAtNanos)
            throws IOException {
        this.directory = opened.directory();
        this.options = options;
        this.handles = storage.handles();
        this.mapped = options.readMode() == LogOptions.ReadMode.MAPPED;
        this.journal = opened.journal();
        this.fsyncLoop = loop("millrace-journal", journal, storage);
        this.osLoop = loop("millrace-append", null, storage);
        this.writes = new WritePath(fsyncLoop, osLoop, options, clock, this::requireOpen);
        this.topics =
                new Topics(storage, directory, opened.topics(), writes::submit, fsyncLoop, osLoop);
        this.producerIds = new ProducerIds(topics, writes::submit, clock);
        this.checkpointer = new Checkpointer(this::partitions, journal, fsyncLoop);
        this.flusher = new Flusher(this::partitions, clock);
        this.cleaner =
                new Cleaner(
                        topics,
                        writes::loopOf,
                        checkpointer,
                        storage,
                        directory.root(),
                        options,
                        clock);
        fsyncLoop.start();
        osLoop.start();
        checkpointer.start();
        flusher.start();
        cleaner.start();
        this.views = new LocalViews(new LocalViewHome(this, storage, directory, this::partition));
        this.recovery = opened.log().report(opened.clean(), System.nanoTime() - openedAtNanos);
        this.metrics =
                new MetricsReader(
                        this::partitions,
                        List.of(fsyncLoop, osLoop),
                        journal,
                        checkpointer,
                        storage,
                        recovery,
                        cleaner,
                        views);
    }

    private WriteLoop loop(String name, @Nullable Journal itsJournal, Storage storage) {
        DiskSpace space = new DiskSpace(storage, directory.root(), options.minFreeBytes());
        GroupWriter writer =
                new GroupWriter(
                        itsJournal,
                        space,
                        options.directForceBytes(),
                        () -> checkpointer.want(),
                        this::forceOs);
        return new WriteLoop(name, writer, new WaitingRoom(options.maxWaitingBytes()));
    }

    private void forceOs(PartitionLog partition, Consumer<@Nullable IOException> answer) {
        flusher.force(partition, failure -> osLoop.execute(() -> answer.accept(failure)));
    }

    /// Opens the log that `storage` holds in `directory`.
    public static LogEngine open(Storage storage, Path directory, LogOptions options) {
        return open(storage, directory, options, Clock.SYSTEM);
    }

    /// As [#open(Storage,Path,LogOptions)], with a time of its own.
    public static LogEngine open(Storage storage, Path directory, LogOptions options, Clock clock) {
        long now = System.nanoTime();
        ObservedStorage observed = new ObservedStorage(storage, new OpenHandles(options.leaks()));
        RecoveryEvent event = new RecoveryEvent();
        event.begin();
        try {
            LogOpening opened = LogOpening.open(observed, directory, options);
            LogEngine engine = new LogEngine(observed, opened, options, clock, now);
            event.end(directory, engine.recovery, engine.partitions().size());
            return engine;
        } catch (RuntimeException e) {
            observed.handles().closeFiles();
            throw e;
        } catch (IOException e) {
            observed.handles().closeFiles();
            if (DiskSpace.isFull(e)) {
                throw DiskSpace.full("cannot open %s (%s)".formatted(directory, e.getMessage()), e);
            }
            throw new LogException(
                    Code.IO, "cannot open the log in %s: %s".formatted(directory, e), e);
        }
    }

    @Override
    public TopicDescription createTopic(TopicSpec spec) {
        requireOpen();
        TopicDefinition.checkName(spec);
        Map<String, String> keys = new HashMap<>(options.topicDefaults());
        keys.putAll(spec.config());
        TopicConfig config = TopicConfig.of(keys);
        TopicDefinition.checkPartitions(spec.name(), spec.partitions());
        TopicDescription created =
                topics.create(
                        new TopicDescription(
                                spec.name(), UUID.randomUUID(), spec.partitions(), config));
        flusher.wake();
        return created;
    }

    @Override
    public List<TopicDescription> topics() {
        requireOpen();
        return topics.all().stream().map(Topic::description).toList();
    }

    @Override
    public TopicDescription describeTopic(String topic) {
        requireOpen();
        return topics.get(topic).description();
    }

    @Override
    public TopicDescription alterTopic(
            String topic, Map<String, String> changes, Set<String> toDefault) {
        requireOpen();
        TopicDefinition.checkName(topic);
        TopicDescription altered = topics.alter(topic, changes, toDefault);
        flusher.wake();
        return altered;
    }

    @Override
    public TopicDescription addPartitions(String topic, int totalCount) {
        requireOpen();
        TopicDefinition.checkName(topic);
        return topics.addPartitions(topic, totalCount);
    }

    @Override
    public void deleteTopic(String topic) {
        requireOpen();
        TopicDefinition.checkName(topic);
        topics.delete(topic);
    }

    @Override
    public CompletableFuture<AppendResult> append(String topic, LogRecord record) {
        try {
            Topic found = topics.get(topic);
            return append(found, found.partitionFor(record.key()), record);
        } catch (LogException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    @Override
    public CompletableFuture<AppendResult> append(TopicPartition partition, LogRecord record) {
        try {
            Topic found = topics.get(partition.topic());
            return append(found, found.partition(partition.partition()), record);
        } catch (LogException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private CompletableFuture<AppendResult> append(
            Topic topic, PartitionLog partition, LogRecord record) {
        Limits.require(topic.description(), record.key(), record.value(), record.headers());
        return writes.submit(new PendingAppend(partition, RecordBatch.of(record)));
    }

    @Override
    public CompletableFuture<AppendResult> append(TopicPartition partition, RecordBatch batch) {
        try {
            return writes.submit(new PendingAppend(partition(partition), batch));
        } catch (LogException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    @Override
    public CompletableFuture<AppendResult> append(
            TopicPartition partition, RecordBatch batch, Precondition precondition) {
        try {
            return writes.submit(new PendingAppend(partition(partition), batch, precondition));
        } catch (LogException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    @Override
    public CompletableFuture<AppendResult> appendInternal(
            TopicPartition partition, RecordBatch batch) {
        try {
            WritePath.requireInternal(partition.topic());
            PendingAppend append = new PendingAppend(partition(partition), batch);
            append.markOurs();
            return writes.submit(append);
        } catch (LogException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    @Override
    public CompletableFuture<List<AppendResult>> appendAtomically(List<PartitionAppend> parts) {
        try {
            List<PendingAppend> appends = new ArrayList<>();
            for (PartitionAppend part : parts) {
                PartitionLog partition = partition(part.partition());
                appends.add(new PendingAppend(partition, part.batch(), part.precondition()));
            }
            return writes.submitTied(appends);
        } catch (LogException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    @Override
    public AppendListener.Registration listen(TopicPartition partition, AppendListener listener) {
        PartitionLog log = partition(partition);
        return ListenerRegistration.at(log, writes.loopOf(log), listener);
    }

    @Override
    public ProducerId newProducer() {
        requireOpen();
        return producerIds.next();
    }

    @Override
    public List<ProducerDescription> producers(TopicPartition partition) {
        return writes.knownProducers(partition(partition)).describe();
    }

    @Override
    public Appender appender(String topic) {
        return appender(topic, new PlainOutbox(writes::submit));
    }

    @Override
    public Appender appender(String topic, ProducerId producer) {
        return appender(
                topic,
                new ProducerOutbox(
                        producer,
                        partition ->
                                writes.knownProducers(partition)
                                        .nextSequence(partition.id(), producer),
                        writes::submit));
    }

    private Appender appender(String topic, Outbox outbox) {
        requireOpen();
        GatheringAppender appender =
                new GatheringAppender(topics.get(topic), options.appenderBatchBytes(), outbox);
        appender.tracked(handles.watch(OpenHandles.Kind.APPENDER, topic, appender));
        return appender;
    }

    @Override
    public Cursor read(TopicPartition partition, long offset) {
        PartitionCursor cursor = cursor(partition(partition), offset);
        cursor.tracked(handles.watch(OpenHandles.Kind.CURSOR, partition, cursor));
        return cursor;
    }

    private PartitionCursor cursor(PartitionLog partition, long offset) {
        requireOpen();
        return new PartitionCursor(partition, mapped, offset);
    }

    @Override
    public BatchReader readBatches(TopicPartition partition, long offset) {
        PartitionBatchReader reader =
                new PartitionBatchReader(partition(partition), mapped, offset);
        reader.tracked(handles.watch(OpenHandles.Kind.CURSOR, partition, reader));
        return reader;
    }

    @Override
    public AutoCloseable whenAdvanced(TopicPartition partition, Runnable listener) {
        PartitionLog log = partition(partition);
        log.whenAdvanced(listener);
        return () -> log.forget(listener);
    }

    @Override
    public List<LeaderEpoch> leaderEpochs(TopicPartition partition) {
        return partition(partition).epochs().all();
    }

    @Override
    public Optional<LogRecord> get(TopicPartition partition, long offset) {
        PartitionLog log = partition(partition);
        try (PartitionCursor cursor = cursor(log, offset)) {
            if (offset == log.highWaterMark()) {
                throw new OffsetOutOfRangeException(
                        partition, offset, log.earliestOffset(), log.highWaterMark());
            }
            return cursor.next() && cursor.record().offset() == offset
                    ? Optional.of(cursor.record().copy())
                    : Optional.empty();
        }
    }

    @Override
    public long earliestOffset(TopicPartition partition) {
        return partition(partition).earliestOffset();
    }

    @Override
    public long latestOffset(TopicPartition partition) {
        return partition(partition).highWaterMark();
    }

    @Override
    public OptionalLong offsetForTime(TopicPartition partition, long timestampMillis) {
        PartitionLog log = partition(partition);
        return TimeLookup.firstOffsetAt(log, timestampMillis, offset -> cursor(log, offset));
    }

    @Override
    public boolean awaitOffset(TopicPartition partition, long offset, Duration timeout) {
        PartitionLog log = partition(partition);
        try {
            boolean above = log.awaitAbove(offset, timeout);
            if (!above && log.isClosed()) {
                throw log.closed(null);
            }
            return above;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    @Override
    public long sizeInBytes(TopicPartition partition) {
        return partition(partition).sizeInBytes();
    }

    @Override
    public long deleteRecords(TopicPartition partition, long beforeOffset) {
        return cleaner.deleteRecords(partition(partition), beforeOffset);
    }

    @Override
    public CleaningReport clean(String topic) {
        requireOpen();
        return cleaner.clean(topics.get(topic));
    }

    @Override
    public List<Damage> verify(Consumer<VerifyProgress> progress) {
        requireOpen();
        return new Verification(partitions(), progress).run();
    }

    @Override
    public Set<Capability> capabilities() {
        return EnumSet.allOf(Capability.class);
    }

    @Override
    public Path directory() {
        return directory.root();
    }

    @Override
    public UUID id() {
        return directory.logId();
    }

    @Override
    public void announce(Map<String, String> addresses) {
        requireOpen();
        try {
            directory.announce(new TreeMap<>(addresses));
        } catch (IOException e) {
            throw new LogException(
                    Code.IO, "the lock file of %s cannot be written".formatted(directory()), e);
        }
    }

    @Override
    public RecoveryReport recovery() {
        return recovery;
    }

    @Override
    public LogMetrics metrics() {
        return metrics.read();
    }

    @Override
    public Views views() {
        return views;
    }

    private PartitionLog partition(TopicPartition partition) {
        requireOpen();
        return topics.get(partition.topic()).partition(partition.partition());
    }

    private Collection<PartitionLog> partitions() {
        return topics.all().stream().flatMap(topic -> topic.partitions().stream()).toList();
    }

    private void requireOpen() {
        if (closed) {
            throw new LogException(
                    Code.CLOSED, "the log in %s is closed".formatted(directory.root()));
        }
    }

    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        views.close();
        closed = true;
        cleaner.close();
        synchronized (topics) { // behind a topic that is being created or deleted
            osLoop.close();
            fsyncLoop.close();
            flusher.close();
            checkpointer.close();
            try {
                new LogClosing(directory, journal, fsyncLoop).close(partitions());
            } finally {
                handles.closeFiles();
                handles.reportOutstanding(directory.root());
            }
        }
    }
}
