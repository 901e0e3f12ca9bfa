package dev.millrace.log;

import java.util.List;

/// State derived from the log by folding over it: an index, a count, a projection. What a user
/// writes; [Views#run] runs it.
///
/// ```java
/// final class Totals implements View {
///     private final Map<TopicPartition, TotalFold> folds = new ConcurrentHashMap<>();
///
///     public String name() { return "totals"; }
///     public String codeVersion() { return "1"; }
///     public List<String> topics() { return List.of("orders"); }
///     public Fold fold(TopicPartition partition) {
///         return folds.compute(partition, (p, old) -> new TotalFold());
///     }
/// }
/// ```
///
/// Each partition of the source topics has a [Fold] with a state of its own, so that several fold
/// side by side. What a query asks of the state, and how it is safe beside the fold, is the view's
/// own affair; [RunningView#awaitOffset] makes a query see what its caller has appended.
///
/// A view changes nothing but its own state: after a crash, records behind the last checkpoint are
/// folded again.
public interface View {

    /// Under which its checkpoints are kept: 1 to 200 letters, digits, `.`, `_` or `-`, as a
    /// topic's. Names that begin with `__` are Millrace's own by custom.
    String name();

    /// Names the code whose state the checkpoints hold, in at most 200 characters. Another one
    /// means that the state of before is of no use, and is made again by replay.
    String codeVersion();

    /// The topics that it folds, at least one; all must be there when it starts.
    List<String> topics();

    /// A fold with the state before the first record of this partition. Asked for once per
    /// partition; and once more where a checkpoint could not be loaded into the first, which is
    /// then closed.
    Fold fold(TopicPartition partition);

    /// How it is run.
    default ViewOptions options() {
        return ViewOptions.defaults();
    }
}
