/// Topics, configurations and the cluster, as Kafka's admin clients ask for them.
@NullMarked
package dev.millrace.kafka.internal.admin;

import org.jspecify.annotations.NullMarked;
