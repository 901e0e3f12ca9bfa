/// The records' way in and out: produce, fetch, offsets, metadata.
@NullMarked
package dev.millrace.kafka.internal.data;

import org.jspecify.annotations.NullMarked;
