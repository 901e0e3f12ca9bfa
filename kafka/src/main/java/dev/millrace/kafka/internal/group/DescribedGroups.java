package dev.millrace.kafka.internal.group;

import dev.millrace.kafka.GroupDescription;
import dev.millrace.kafka.GroupListing;
import dev.millrace.log.TopicPartition;
import java.nio.ByteBuffer;
import java.util.Comparator;
import java.util.List;
import org.apache.kafka.clients.consumer.internals.ConsumerProtocol;

/// Groups as they are at one moment, for those who ask in Java.
final class DescribedGroups {
    static final Comparator<TopicPartition> IN_ORDER =
            Comparator.comparing(TopicPartition::topic).thenComparingInt(TopicPartition::partition);

    private DescribedGroups() {}

    static GroupListing listing(Group group) {
        synchronized (group) {
            return new GroupListing(group.id(), group.state().key(), type(group));
        }
    }

    static GroupDescription describe(Group group, List<GroupDescription.Offset> offsets) {
        synchronized (group) {
            String protocol = group.is(GroupState.STABLE) ? group.protocol() : null;
            return new GroupDescription(
                    group.id(),
                    group.state().key(),
                    type(group),
                    protocol == null ? "" : protocol,
                    group.members().stream().map(member -> describe(group, member)).toList(),
                    List.copyOf(offsets));
        }
    }

    private static String type(Group group) {
        String type = group.protocolType();
        return type == null ? "" : type;
    }

    private static GroupDescription.Member describe(Group group, Member member) {
        return new GroupDescription.Member(
                member.id(),
                member.instanceId(),
                member.identity().clientId(),
                member.identity().clientHost(),
                assigned(group, member));
    }

    private static List<TopicPartition> assigned(Group group, Member member) {
        byte[] assignment = member.assignment();
        if (!group.is(GroupState.STABLE)
                || !Subscriptions.isOfConsumers(group)
                || assignment.length == 0) {
            return List.of();
        }
        try {
            return ConsumerProtocol.deserializeAssignment(ByteBuffer.wrap(assignment))
                    .partitions()
                    .stream()
                    .map(of -> new TopicPartition(of.topic(), of.partition()))
                    .sorted(IN_ORDER)
                    .toList();
        } catch (RuntimeException e) {
            return List.of(); // some clients have formats of their own
        }
    }
}
