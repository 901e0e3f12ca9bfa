package dev.millrace.kafka.internal.group;

import dev.millrace.kafka.ConsumerGroups;
import dev.millrace.kafka.internal.protocol.Api;
import dev.millrace.log.EventLog;
import dev.millrace.log.Views;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.function.UnaryOperator;
import org.apache.kafka.common.protocol.ApiKeys;

/// The APIs of classic consumer groups, wired together over a log.
public final class GroupApis implements AutoCloseable {
    private static final long MOST_SWEEP_MILLIS = 600_000;

    private final SystemTimers timers;
    private final OffsetsTopic store;
    private final Groups groups;
    private final ConsumerGroups served;
    private final List<Api> apis;

    private GroupApis(
            SystemTimers timers,
            OffsetsTopic store,
            Groups groups,
            ConsumerGroups served,
            List<Api> apis) {
        this.timers = timers;
        this.store = store;
        this.groups = groups;
        this.served = served;
        this.apis = apis;
    }

    /// Takes the groups up where the log has them.
    ///
    /// @param advertised the address to tell a client, by the one that it reached
    /// @throws dev.millrace.log.LogException of the log and its views
    public static GroupApis open(
            EventLog log,
            Views views,
            GroupOptions options,
            UnaryOperator<InetSocketAddress> advertised) {
        OffsetsTopic store = OffsetsTopic.open(log, views);
        SystemTimers timers = new SystemTimers();
        Groups groups = Groups.load(store, timers, options);
        TopicLookup topics = TopicLookup.of(log);
        groups.every(
                Math.clamp(options.retentionMillis(), 1000, MOST_SWEEP_MILLIS),
                new OffsetExpiry(groups, topics));
        ConsumerGroups served = new ServedGroups(log, groups, topics);
        return new GroupApis(timers, store, groups, served, apis(groups, topics, advertised));
    }

    private static List<Api> apis(
            Groups groups, TopicLookup topics, UnaryOperator<InetSocketAddress> advertised) {
        return List.of(
                Api.of(ApiKeys.FIND_COORDINATOR, 0, 6, new FindCoordinator(advertised)),
                Api.of(ApiKeys.JOIN_GROUP, 0, 9, new JoinGroup(groups)),
                Api.of(ApiKeys.SYNC_GROUP, 0, 5, new SyncGroup(groups)),
                Api.of(ApiKeys.HEARTBEAT, 0, 4, new Heartbeat(groups)),
                Api.of(ApiKeys.LEAVE_GROUP, 0, 5, new LeaveGroup(groups)),
                Api.of(ApiKeys.OFFSET_COMMIT, 2, 9, new OffsetCommit(groups, topics)),
                Api.of(ApiKeys.OFFSET_FETCH, 1, 9, new OffsetFetch(groups.store(), topics)),
                Api.of(ApiKeys.OFFSET_DELETE, 0, 0, new OffsetDelete(groups, topics)),
                Api.of(ApiKeys.LIST_GROUPS, 0, 5, new ListGroups(groups)),
                Api.of(ApiKeys.DESCRIBE_GROUPS, 0, 6, new DescribeGroups(groups)),
                Api.of(ApiKeys.DELETE_GROUPS, 0, 2, new DeleteGroups(groups)));
    }

    public List<Api> apis() {
        return apis;
    }

    /// The same groups, for those who ask in Java.
    public ConsumerGroups groups() {
        return served;
    }

    /// Sends away all who wait for their group; what is asked from then on is refused, in words
    /// that make clients ask again. Before the connections are closed.
    public void sendAway() {
        groups.close();
    }

    /// Saves the view. Behind the connections. Idempotent.
    @Override
    public void close() {
        groups.close();
        timers.close();
        store.close();
    }
}
