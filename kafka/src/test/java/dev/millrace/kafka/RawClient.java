package dev.millrace.kafka;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import org.apache.kafka.common.message.RequestHeaderData;
import org.apache.kafka.common.message.ResponseHeaderData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.Message;
import org.apache.kafka.common.protocol.ObjectSerializationCache;

/** Speaks the Kafka protocol frame by frame, right or wrong. Waits a minute at most. */
final class RawClient implements AutoCloseable {
    private static final int MOST_MILLIS = 60_000;

    private final Socket socket;
    private final OutputStream out;
    private final DataInputStream in;
    private int lastCorrelationId;

    RawClient(int port) throws IOException {
        socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout(MOST_MILLIS);
        socket.setTcpNoDelay(true);
        out = socket.getOutputStream();
        in = new DataInputStream(socket.getInputStream());
    }

    static RawClient of(Served served) throws IOException {
        return new RawClient(served.server.address().getPort());
    }

    /** A request without its length. */
    static byte[] request(ApiKeys api, short version, int correlationId, ApiMessage body) {
        RequestHeaderData header =
                new RequestHeaderData()
                        .setRequestApiKey(api.id)
                        .setRequestApiVersion(version)
                        .setCorrelationId(correlationId)
                        .setClientId("raw");
        byte[] head = bytes(header, api.requestHeaderVersion(version));
        byte[] tail = bytes(body, version);
        return ByteBuffer.allocate(head.length + tail.length).put(head).put(tail).array();
    }

    private static byte[] bytes(Message message, short version) {
        ObjectSerializationCache cache = new ObjectSerializationCache();
        ByteBuffer buffer = ByteBuffer.allocate(message.size(cache, version));
        message.write(new ByteBufferAccessor(buffer), cache, version);
        return buffer.array();
    }

    /** Sends a request. */
    int send(ApiKeys api, int version, ApiMessage body) throws IOException {
        int correlationId = ++lastCorrelationId;
        frame(request(api, (short) version, correlationId, body));
        return correlationId;
    }

    /** Sends a frame: its length, and these bytes. */
    void frame(byte[] bytes) throws IOException {
        raw(ByteBuffer.allocate(4 + bytes.length).putInt(bytes.length).put(bytes).array());
    }

    void raw(byte[] bytes) throws IOException {
        out.write(bytes);
        out.flush();
    }

    /** The next response, without its length; null where the server has closed the connection. */
    byte[] receive() throws IOException {
        try {
            byte[] frame = new byte[in.readInt()];
            in.readFully(frame);
            return frame;
        } catch (EOFException | SocketException e) {
            return null;
        }
    }

    /** The response to a request of this API and version, which must be the next one. */
    ApiMessage receive(ApiKeys api, int version, int correlationId) throws IOException {
        byte[] frame = receive();
        if (frame == null) {
            throw new EOFException("the server has closed the connection");
        }
        ByteBufferAccessor response = new ByteBufferAccessor(ByteBuffer.wrap(frame));
        ResponseHeaderData header =
                new ResponseHeaderData(response, api.responseHeaderVersion((short) version));
        if (header.correlationId() != correlationId) {
            throw new IOException(
                    "response %d where %d was expected"
                            .formatted(header.correlationId(), correlationId));
        }
        ApiMessage body = api.messageType.newResponse();
        body.read(response, (short) version);
        if (response.remaining() > 0) {
            throw new IOException(response.remaining() + " bytes follow a response " + api);
        }
        return body;
    }

    /** Asks, and waits for the answer. */
    <R extends ApiMessage> R ask(Class<R> type, ApiKeys api, int version, ApiMessage body)
            throws IOException {
        return type.cast(receive(api, version, send(api, version, body)));
    }

    /** The answer to a request of the API that the request itself names. */
    <R extends ApiMessage> R ask(Class<R> type, ApiMessage body, int version) throws IOException {
        return ask(type, ApiKeys.forId(body.apiKey()), version, body);
    }

    /** Sends nothing any more, but goes on receiving. */
    void endOutput() throws IOException {
        socket.shutdownOutput();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
