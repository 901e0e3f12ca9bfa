package dev.millrace.kafka.internal.group;

import dev.millrace.log.LogRecord;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/// Where groups keep what outlives the process. [OffsetsTopic] does it; the simulation has one that
/// is as slow, and fails as often, as it likes.
///
/// For any number of threads.
interface GroupStore {

    /// Appends these records: all or none, behind those of every call before.
    ///
    /// @return completes once they are durable and [#groups] knows them, on a thread that may block
    CompletableFuture<Void> append(List<LogRecord> records);

    /// What the records say, by the group's id; changes under the reader.
    Map<String, StoredGroup> groups();
}
