/// Millrace beside a Kafka broker, under Kafka's own load tools.
@NullMarked
package dev.millrace.benchmarks.kafka;

import org.jspecify.annotations.NullMarked;
