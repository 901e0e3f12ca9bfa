package dev.millrace.kafka.internal.protocol;

import java.nio.ByteBuffer;
import org.apache.kafka.common.message.ResponseHeaderData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.ObjectSerializationCache;
import org.apache.kafka.common.requests.AbstractRequest;

/// To and from kafka-clients' generated messages. These are not public API of Kafka: whatever knows
/// how they are read and written stands here, so that one place follows when they move.
public final class Messages {
    private static final int SIZE_BYTES = 4;

    /// Of a request that becomes objects, which take many times the memory of its bytes. Produce
    /// alone is larger, and does not.
    static final int MOST_BYTES = 16 << 20;

    private Messages() {}

    /// Reads the body of a request.
    ///
    /// @throws ProtocolException where it cannot be read
    public static ApiMessage read(ApiKeys api, short version, ByteBuffer body) {
        if (body.remaining() > MOST_BYTES) {
            throw new ProtocolException(
                    "a request %s of %,d bytes, where %,d are the most"
                            .formatted(api, body.remaining(), MOST_BYTES));
        }
        ApiMessage request = api.messageType.newRequest();
        try {
            request.read(new ByteBufferAccessor(body), version);
        } catch (RuntimeException e) {
            throw unreadable(api, version, e);
        }
        if (body.hasRemaining()) {
            throw new ProtocolException(
                    "%d bytes follow a request %s of version %d"
                            .formatted(body.remaining(), api, version));
        }
        return request;
    }

    /// What to say of a request that cannot be read.
    public static ProtocolException unreadable(ApiKeys api, short version, RuntimeException cause) {
        return new ProtocolException(
                "a request %s of version %d cannot be read".formatted(api, version), cause);
    }

    /// A response with its size and header, ready to be sent.
    static ByteBuffer write(ApiKeys api, short version, int correlationId, ApiMessage response) {
        ResponseHeaderData header = new ResponseHeaderData().setCorrelationId(correlationId);
        short headerVersion = api.responseHeaderVersion(version);
        ObjectSerializationCache cache = new ObjectSerializationCache();
        int size = header.size(cache, headerVersion) + response.size(cache, version);
        ByteBuffer buffer = ByteBuffer.allocate(SIZE_BYTES + size);
        buffer.putInt(size);
        ByteBufferAccessor out = new ByteBufferAccessor(buffer);
        header.write(out, cache, headerVersion);
        response.write(out, cache, version);
        return buffer.flip();
    }

    /// The answer that an API has for a request that failed as a whole.
    static ApiMessage failed(ApiKeys api, short version, ByteBuffer body, Throwable failure) {
        return AbstractRequest.parseRequest(api, version, new ByteBufferAccessor(body))
                .request
                .getErrorResponse(0, KafkaErrors.exception(failure))
                .data();
    }
}
