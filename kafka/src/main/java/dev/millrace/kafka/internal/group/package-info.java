/// Classic consumer groups: their members, and the offsets that they have committed.
@NullMarked
package dev.millrace.kafka.internal.group;

import org.jspecify.annotations.NullMarked;
