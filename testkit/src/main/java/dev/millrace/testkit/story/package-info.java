/// A generated story: an online shop on Kubernetes that has a bad afternoon, as a stream of events
/// with real cause and effect, and the truth about it beside the stream.
///
/// Nothing of it happened. Every event says so: its `source` begins with `/generated/story`.
@NullMarked
package dev.millrace.testkit.story;

import org.jspecify.annotations.NullMarked;
