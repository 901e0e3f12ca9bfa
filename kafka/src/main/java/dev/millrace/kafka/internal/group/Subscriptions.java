package dev.millrace.kafka.internal.group;

import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.consumer.internals.ConsumerProtocol;

/// Which topics the members of a group read, where they are consumers and say so: their offsets are
/// in use.
final class Subscriptions {
    private static final String CONSUMER = "consumer";

    private Subscriptions() {}

    /// Empty where it cannot be known: then any topic may be in use.
    static Optional<Set<String>> of(Group group) {
        if (group.size() == 0) {
            return Optional.of(Set.of());
        }
        if (!isOfConsumers(group) || group.protocol() == null) {
            return Optional.empty();
        }
        Set<String> topics = new HashSet<>();
        try {
            for (Member member : group.members()) {
                ByteBuffer said = ByteBuffer.wrap(member.metadata(group.protocol()));
                topics.addAll(ConsumerProtocol.deserializeSubscription(said).topics());
            }
        } catch (RuntimeException e) {
            return Optional.empty(); // some clients have formats of their own
        }
        return Optional.of(topics);
    }

    static boolean isOfConsumers(Group group) {
        return CONSUMER.equals(group.protocolType());
    }
}
