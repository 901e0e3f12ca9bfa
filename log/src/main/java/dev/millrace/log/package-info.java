/// The log: topics, partitions, records, and what it takes to never lose one.
@NullMarked
package dev.millrace.log;

import org.jspecify.annotations.NullMarked;
