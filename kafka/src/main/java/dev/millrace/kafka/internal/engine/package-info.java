/// Inside [dev.millrace.kafka.KafkaLog].
///
/// `ClusterLog` is the way in. `ClusterTopics` and `ClusterOffsets` ask the cluster; `AppendLane`
/// sends appends, `TransactionLane` atomic ones; `ClusterCursor` reads.
@NullMarked
package dev.millrace.kafka.internal.engine;

import org.jspecify.annotations.NullMarked;
