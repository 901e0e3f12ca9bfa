/// The log for Kafka clients, and the log on a Kafka cluster.
@NullMarked
package dev.millrace.kafka;

import org.jspecify.annotations.NullMarked;
