/// A real Apache Kafka cluster to test with, and to measure beside. Whoever uses it has
/// `kafka_2.13` on the class path: it does not come along with the test kit.
@NullMarked
package dev.millrace.testkit.cluster;

import org.jspecify.annotations.NullMarked;
