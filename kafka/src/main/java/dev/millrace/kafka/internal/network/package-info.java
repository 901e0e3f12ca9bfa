/// Connections of Kafka clients: bytes in, requests to handlers, responses out.
@NullMarked
package dev.millrace.kafka.internal.network;

import org.jspecify.annotations.NullMarked;
