package dev.millrace.kafka.internal.group;

import dev.millrace.log.Fold;
import dev.millrace.log.TopicPartition;
import dev.millrace.log.View;
import dev.millrace.log.ViewOptions;
import dev.millrace.log.ViewOptions.OnFailure;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The groups and their offsets, as `__consumer_offsets` has them: the [View] that [OffsetsTopic]
/// runs. One unreadable record does not take the other groups away: it is parked.
final class GroupsView implements View {
    private volatile @Nullable GroupsFold fold;

    @Override
    public String name() {
        return "__groups";
    }

    @Override
    public String codeVersion() {
        return "1";
    }

    @Override
    public List<String> topics() {
        return List.of(OffsetsTopic.PARTITION.topic());
    }

    @Override
    public Fold fold(TopicPartition partition) {
        GroupsFold fresh = new GroupsFold();
        if (partition.equals(OffsetsTopic.PARTITION)) {
            fold = fresh;
        }
        return fresh;
    }

    @Override
    public ViewOptions options() {
        return ViewOptions.defaults().threads(1).onPoison(OnFailure.PARK).onDamage(OnFailure.PARK);
    }

    /// By the group's id; changes under the reader.
    Map<String, StoredGroup> groups() {
        GroupsFold now = fold;
        return now == null ? Map.of() : now.groups();
    }
}
