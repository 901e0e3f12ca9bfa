package dev.millrace.kafka.internal.protocol;

import org.apache.kafka.common.protocol.ApiMessage;

/// Answers one kind of request; plain blocking code on the connection's virtual thread, which has
/// one request in work at a time. An exception becomes the API's own error answer: see
/// [KafkaErrors].
///
/// For any number of threads.
///
/// @param <Q> the request, one of kafka-clients' generated messages
@FunctionalInterface
public interface Handler<Q extends ApiMessage> {
    /// @return the response to this request, one of kafka-clients' generated messages
    ApiMessage answer(Q request, Caller caller);
}
