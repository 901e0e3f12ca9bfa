package dev.millrace.kafka;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import org.apache.kafka.common.message.ApiMessageType;
import org.apache.kafka.common.message.RequestHeaderData;
import org.apache.kafka.common.message.ResponseHeaderData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.MessageUtil;

/** A client that asks one request at a time, in the version that it is told. */
final class WireClient implements AutoCloseable {
    private static final int TIMEOUT_MILLIS = 20_000;

    private final Socket socket = new Socket();
    private int correlation;

    WireClient(InetSocketAddress address) throws IOException {
        socket.connect(address, TIMEOUT_MILLIS);
        socket.setSoTimeout(TIMEOUT_MILLIS);
        socket.setTcpNoDelay(true);
    }

    /** The answer, every byte of which was understood. */
    <T extends ApiMessage> T ask(Class<T> answer, ApiMessage request, int version)
            throws IOException {
        ApiKeys api = ApiKeys.forId(request.apiKey());
        short v = (short) version;
        RequestHeaderData header =
                new RequestHeaderData()
                        .setRequestApiKey(api.id)
                        .setRequestApiVersion(v)
                        .setCorrelationId(++correlation)
                        .setClientId("wire");
        ByteBuffer head =
                MessageUtil.toByteBufferAccessor(header, api.requestHeaderVersion(v)).buffer();
        ByteBuffer body = MessageUtil.toByteBufferAccessor(request, v).buffer();
        ByteBuffer frame = ByteBuffer.allocate(4 + head.remaining() + body.remaining());
        frame.putInt(head.remaining() + body.remaining()).put(head).put(body);
        OutputStream out = socket.getOutputStream();
        out.write(frame.array());
        out.flush();
        return answer.cast(read(api, v));
    }

    private ApiMessage read(ApiKeys api, short version) throws IOException {
        DataInputStream in = new DataInputStream(socket.getInputStream());
        ByteBuffer bytes = ByteBuffer.wrap(in.readNBytes(in.readInt()));
        ByteBufferAccessor readable = new ByteBufferAccessor(bytes);
        ResponseHeaderData header =
                new ResponseHeaderData(readable, api.responseHeaderVersion(version));
        if (header.correlationId() != correlation) {
            throw new IOException(
                    "the answer to %d instead of %d"
                            .formatted(header.correlationId(), correlation));
        }
        ApiMessage message = ApiMessageType.fromApiKey(api.id).newResponse();
        message.read(readable, version);
        if (bytes.hasRemaining()) {
            throw new IOException(bytes.remaining() + " bytes behind the answer");
        }
        return message;
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
