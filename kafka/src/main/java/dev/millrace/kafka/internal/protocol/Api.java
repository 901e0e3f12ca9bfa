package dev.millrace.kafka.internal.protocol;

import java.nio.ByteBuffer;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;

/// One row of the table of APIs: which versions are spoken, and who answers.
///
/// @param least the lowest version that is advertised
/// @param most the highest version that is advertised
public record Api(ApiKeys key, short least, short most, Work work) {

    /// What becomes of a request's bytes. Most of it is a [Handler] of messages; what carries
    /// records reads and writes the bytes by hand.
    @FunctionalInterface
    public interface Work {
        /// @param body the request behind its header, valid until the response is closed
        Response answer(RequestHeader header, ByteBuffer body, Caller caller);
    }

    /// An API of messages.
    ///
    /// @param <Q> the request that kafka-clients has for `key`
    public static <Q extends ApiMessage> Api of(
            ApiKeys key, int least, int most, Handler<Q> handler) {
        return new Api(key, (short) least, (short) most, new MessageWork<>(key, handler));
    }

    /// An API whose bytes are read and written by hand.
    public static Api ofBytes(ApiKeys key, int least, int most, Work work) {
        return new Api(key, (short) least, (short) most, work);
    }

    /// Whether this version is advertised.
    public boolean speaks(short version) {
        return version >= least && version <= most;
    }
}
