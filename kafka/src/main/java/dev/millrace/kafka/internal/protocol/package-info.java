/// What every part of the Kafka server speaks: the table of APIs, handlers, messages and errors.
@NullMarked
package dev.millrace.kafka.internal.protocol;

import org.jspecify.annotations.NullMarked;
