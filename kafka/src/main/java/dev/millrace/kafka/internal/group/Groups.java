package dev.millrace.kafka.internal.group;

import dev.millrace.kafka.internal.group.Timers.Timer;
import dev.millrace.log.LogRecord;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/// All groups of a server, and what each request needs of them: where they are kept, their timers,
/// and how they rebalance. The requests themselves are handlers of their own: [JoinGroup],
/// [SyncGroup], [OffsetCommit] and their like.
///
/// For any number of threads; a [Group] itself is guarded by its monitor.
public final class Groups implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger("dev.millrace.kafka");

    private final Map<String, Group> groups = new ConcurrentHashMap<>();
    private final GroupStore store;
    private final Timers timers;
    private final GroupOptions options;
    private final Rebalancing rebalancing;
    private volatile boolean closed;
    private volatile Timer sweep = Timer.NONE;

    Groups(GroupStore store, Timers timers, GroupOptions options) {
        this.store = store;
        this.timers = timers;
        this.options = options;
        this.rebalancing = new Rebalancing(store, timers, options.initialDelayMillis());
    }

    /// The groups that are stored. The members of a stable generation have a session timeout from
    /// now on to be heard of, and then go on as if nothing had happened.
    static Groups load(GroupStore store, Timers timers, GroupOptions options) {
        Groups groups = new Groups(store, timers, options);
        store.groups()
                .forEach(
                        (id, stored) -> {
                            Group group = Group.stored(id, stored.metadata(), timers.epochMillis());
                            synchronized (group) {
                                group.members().forEach(m -> groups.rebalancing.beat(group, m));
                            }
                            groups.groups.put(id, group);
                        });
        return groups;
    }

    GroupStore store() {
        return store;
    }

    Timers timers() {
        return timers;
    }

    GroupOptions options() {
        return options;
    }

    Rebalancing rebalancing() {
        return rebalancing;
    }

    Collection<Group> all() {
        return groups.values();
    }

    /// Null where there is none, and when the server is closing.
    @Nullable Group find(String id) {
        return closed ? null : groups.get(id);
    }

    /// An empty one where there is none; null where there are too many, and when the server is
    /// closing.
    @Nullable Group findOrCreate(String id) {
        if (closed) {
            return null;
        }
        Group group = groups.get(id);
        if (group != null) {
            return group;
        }
        if (groups.size() >= options.maxGroups()) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "refused group {0}: there are {1} already; kafka.group.max.groups",
                    id,
                    Integer.toString(groups.size()));
            return null;
        }
        return groups.computeIfAbsent(id, _ -> new Group(id, timers.epochMillis()));
    }

    /// What a client is told whose group was not found: `otherwise`, or to ask again later, as it
    /// would be were the server closing.
    Errors missing(Errors otherwise) {
        return closed ? Errors.COORDINATOR_NOT_AVAILABLE : otherwise;
    }

    /// The partitions in which a group has committed, and how far it is.
    @Nullable StoredGroup stored(Group group) {
        return store.groups().get(group.id());
    }

    /// Appends records of a group. Under its monitor.
    ///
    /// @return [Errors#NONE] once they are durable and can be read
    CompletableFuture<Errors> write(Group group, List<LogRecord> records) {
        CompletableFuture<Void> write = store.append(records);
        group.wrote(write);
        return write.handle(
                (_, failure) -> failure == null ? Errors.NONE : StoreErrors.of(failure));
    }

    /// Deletes an empty group with all its offsets. Under its monitor.
    ///
    /// @return [Errors#NONE] once that is durable
    CompletableFuture<Errors> delete(Group group) {
        List<LogRecord> records = new ArrayList<>();
        StoredGroup stored = stored(group);
        if (stored != null) {
            stored.offsets()
                    .keySet()
                    .forEach(of -> records.add(Tombstones.offset(group, of, this)));
            if (stored.metadata() != null) {
                records.add(Tombstones.group(group, this));
            }
        }
        group.state(GroupState.DEAD, timers.epochMillis());
        CompletableFuture<Errors> written =
                records.isEmpty()
                        ? CompletableFuture.completedFuture(Errors.NONE)
                        : write(group, records);
        return written.thenApply(
                error -> {
                    synchronized (group) {
                        if (error == Errors.NONE) {
                            groups.remove(group.id(), group);
                        } else {
                            group.state(GroupState.EMPTY, timers.epochMillis());
                        }
                    }
                    return error;
                });
    }

    /// Waits for an answer on the connection's own thread.
    ///
    /// @param otherwise the answer where the thread is interrupted, as the server closes
    static <T> T await(CompletableFuture<T> answer, T otherwise) {
        try {
            return answer.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return otherwise;
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        }
    }

    /// Has a task done again and again until the groups are closed.
    void every(long millis, Runnable task) {
        sweep =
                timers.after(
                        millis,
                        () -> {
                            if (!closed) {
                                task.run();
                                every(millis, task);
                            }
                        });
    }

    /// Sends all who wait away; they find their members and offsets where the log is served again.
    @Override
    public void close() {
        closed = true;
        sweep.cancel();
        for (Group group : groups.values()) {
            synchronized (group) {
                group.rebalance(Timer.NONE);
                group.members().forEach(m -> m.dismiss(Errors.COORDINATOR_NOT_AVAILABLE));
            }
        }
    }
}
