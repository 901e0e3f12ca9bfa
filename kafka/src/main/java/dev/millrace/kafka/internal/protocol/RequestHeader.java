package dev.millrace.kafka.internal.protocol;

import java.nio.ByteBuffer;
import org.apache.kafka.common.message.RequestHeaderData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.jspecify.annotations.Nullable;

/// The header of a request. Of a version that nobody knows only the first three fields are read.
///
/// | field | bytes |
/// |---|---|
/// | API key | 2 |
/// | API version | 2 |
/// | correlation id | 4 |
/// | client id | 2 for its length, -1 for none, then UTF-8 |
/// | tagged fields | from header version 2 on |
///
/// @param clientId empty where there is none
public record RequestHeader(short apiKey, short version, int correlationId, String clientId) {
    private static final int FIXED_BYTES = 8;

    /// Reads the header, and leaves the buffer before the body.
    ///
    /// @throws ProtocolException where it is none
    public static RequestHeader read(ByteBuffer frame) {
        if (frame.remaining() < FIXED_BYTES) {
            throw new ProtocolException(
                    "a frame of %d bytes is too short for a request".formatted(frame.remaining()));
        }
        short key = frame.getShort(frame.position());
        short version = frame.getShort(frame.position() + 2);
        int correlationId = frame.getInt(frame.position() + 4);
        ApiKeys known = ApiKeys.hasId(key) ? ApiKeys.forId(key) : null;
        if (known == null || !known.isVersionSupported(version)) {
            return new RequestHeader(key, version, correlationId, "");
        }
        try {
            ByteBufferAccessor in = new ByteBufferAccessor(frame);
            RequestHeaderData header =
                    new RequestHeaderData(in, known.requestHeaderVersion(version));
            return new RequestHeader(key, version, correlationId, orEmpty(header.clientId()));
        } catch (RuntimeException e) { // kafka-clients has no one word for it
            throw new ProtocolException("the header of a request cannot be read", e);
        }
    }

    private static String orEmpty(@Nullable String text) {
        return text == null ? "" : text;
    }
}
