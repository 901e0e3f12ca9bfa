package dev.millrace.kafka.internal.network;

import dev.millrace.kafka.internal.protocol.ProtocolException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;

/// Reads frames: four bytes of length, then as many bytes of a request. Small ones come several
/// with one read; of a large one the rest goes straight where the caller wants it. For one thread.
final class FrameReader {
    private static final int LENGTH_BYTES = 4;
    private static final int INPUT_BYTES = 8 << 10;

    private final SocketChannel channel;
    private final int mostBytes;
    private final ByteBuffer input = ByteBuffer.allocateDirect(INPUT_BYTES).limit(0);

    /// @param mostBytes of a frame
    FrameReader(SocketChannel channel, int mostBytes) {
        this.channel = channel;
        this.mostBytes = mostBytes;
    }

    /// Whether the next frame has begun to arrive.
    boolean hasBegun() throws IOException {
        return input.hasRemaining() || channel.socket().getInputStream().available() > 0;
    }

    /// Waits until the next frame has begun to arrive.
    ///
    /// @return false where the client has gone instead
    boolean await() throws IOException {
        return input.hasRemaining() || fill();
    }

    private boolean fill() throws IOException {
        input.compact();
        int read = channel.read(input);
        input.flip();
        return read >= 0;
    }

    /// The length of the next frame; -1 where the client has gone instead.
    ///
    /// @throws ProtocolException where it is too large, or no length
    int length() throws IOException {
        while (input.remaining() < LENGTH_BYTES) {
            if (!fill()) {
                return -1;
            }
        }
        int length = input.getInt();
        if (length < 0 || length > mostBytes) {
            throw new ProtocolException(oversized(length));
        }
        return length;
    }

    /// Reads what there is of a frame, at least a byte.
    ///
    /// @return false where the client has gone instead
    boolean read(ByteBuffer frame) throws IOException {
        int here = Math.min(frame.remaining(), input.remaining());
        if (here == 0) {
            return channel.read(frame) >= 0;
        }
        frame.put(frame.position(), input, input.position(), here);
        frame.position(frame.position() + here);
        input.position(input.position() + here);
        return true;
    }

    /// Who speaks something else is told so: its first bytes, taken for a length, are a large one.
    private String oversized(int length) {
        String word =
                new String(
                        ByteBuffer.allocate(LENGTH_BYTES).putInt(length).array(),
                        StandardCharsets.ISO_8859_1);
        if (word.matches("(?:GET |POST|PUT |HEAD|DELE|OPTI|PATC|PRI )")) {
            return "HTTP was spoken to the port of the Kafka protocol";
        }
        if (word.startsWith("\u0016\u0003")) {
            return "TLS was spoken to a port without it";
        }
        return "a frame of %,d bytes, where kafka.socket.request.max.bytes is %,d"
                .formatted(length, mostBytes);
    }
}
