package dev.millrace.kafka.internal.network;

import dev.millrace.kafka.internal.protocol.Apis;
import dev.millrace.kafka.internal.protocol.Caller;
import dev.millrace.kafka.internal.protocol.ProtocolException;
import dev.millrace.kafka.internal.protocol.RequestHeader;
import dev.millrace.kafka.internal.protocol.Response;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// One client's connection, on one virtual thread: reads a request, has it answered, writes the
/// response, in that order.
///
/// A produce request is answered when its records are on the disk. Those that a client has sent
/// behind it are begun meanwhile, as many as have arrived, so that one force of the disk answers
/// all of them.
final class Connection implements Runnable {
    private static final System.Logger LOG = System.getLogger("dev.millrace.kafka");
    private static final int MOST_UNANSWERED = 16;

    /// A client that sends this much is slow, but not stalled.
    private static final int PROGRESS_BYTES = 64 << 10;

    /// What the connection waits for its client to do.
    private enum Waiting {
        FOR_REQUEST,
        FOR_REST_OF_REQUEST,
        FOR_CLIENT_TO_READ,
        FOR_NOTHING
    }

    /// A response that has not been written, with the request that it answers, whose bytes it may
    /// still need.
    private record Unanswered(Response response, ByteBuffer frame) {}

    private final SocketChannel channel;
    private final Apis apis;
    private final RequestMemory memory;
    private final FrameReader frames;
    private final InetSocketAddress remote;
    private final InetSocketAddress local;
    private final Deque<Unanswered> unanswered = new ArrayDeque<>();
    private volatile Waiting waiting = Waiting.FOR_REQUEST;
    private volatile long waitingSince = System.nanoTime();
    private volatile boolean draining;

    Connection(SocketChannel channel, Apis apis, RequestMemory memory, int mostRequestBytes)
            throws IOException {
        this.channel = channel;
        this.apis = apis;
        this.memory = memory;
        this.frames = new FrameReader(channel, mostRequestBytes);
        this.remote = (InetSocketAddress) channel.getRemoteAddress();
        this.local = (InetSocketAddress) channel.getLocalAddress();
    }

    @Override
    public void run() {
        try {
            serve();
        } catch (ProtocolException e) {
            cutOff(describe(e));
        } catch (IOException e) {
            // the client has gone, or was cut off with a reason
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException | Error e) {
            LOG.log(System.Logger.Level.ERROR, "the connection of " + remote + " failed", e);
        } finally {
            close();
            unanswered.forEach(this::forget);
        }
    }

    private static String describe(ProtocolException e) {
        return e.getCause() == null
                ? String.valueOf(e.getMessage())
                : e.getMessage() + ": " + e.getCause();
    }

    private void serve() throws IOException, InterruptedException {
        while (!draining) {
            waiting(Waiting.FOR_REQUEST);
            if (!frames.await()) {
                return;
            }
            ByteBuffer frame = readFrame();
            if (frame == null) {
                return;
            }
            waiting(Waiting.FOR_NOTHING);
            unanswered.add(new Unanswered(begin(frame), frame));
            while (!unanswered.isEmpty() && !mayBeginAnother()) {
                write();
            }
        }
    }

    /// @return null where the client has gone in the middle of it
    private @Nullable ByteBuffer readFrame() throws IOException, InterruptedException {
        waiting(Waiting.FOR_REST_OF_REQUEST);
        int length = frames.length();
        if (length < 0) {
            return null;
        }
        waiting(Waiting.FOR_NOTHING);
        ByteBuffer frame = memory.take(length);
        waiting(Waiting.FOR_REST_OF_REQUEST);
        boolean whole = false;
        try {
            int told = 0;
            while (frame.hasRemaining()) {
                if (!frames.read(frame)) {
                    return null;
                }
                if (frame.position() - told >= PROGRESS_BYTES) {
                    told = frame.position();
                    waiting(Waiting.FOR_REST_OF_REQUEST);
                }
            }
            whole = true;
            return frame.flip();
        } finally {
            if (!whole) {
                memory.giveBack(frame);
            }
        }
    }

    private boolean mayBeginAnother() throws IOException {
        return !unanswered.getLast().response.isReady()
                && unanswered.size() < MOST_UNANSWERED
                && frames.hasBegun();
    }

    private Response begin(ByteBuffer frame) {
        try {
            RequestHeader header = RequestHeader.read(frame);
            return apis.answer(
                    header, frame, new Caller(header.version(), header.clientId(), remote, local));
        } catch (RuntimeException | Error e) {
            memory.giveBack(frame);
            throw e;
        }
    }

    /// Writes the first response, once it is known, and those behind it that are known then.
    private void write() throws IOException {
        List<Unanswered> known = new ArrayList<>();
        List<ByteBuffer> bytes = new ArrayList<>();
        try {
            do {
                Unanswered first = unanswered.removeFirst();
                known.add(first);
                bytes.addAll(List.of(first.response.buffers()));
            } while (!unanswered.isEmpty() && unanswered.getFirst().response.isReady());
            waiting(Waiting.FOR_CLIENT_TO_READ);
            write(bytes.toArray(ByteBuffer[]::new));
            waiting(Waiting.FOR_NOTHING);
        } finally {
            known.forEach(this::forget);
        }
    }

    private void write(ByteBuffer[] bytes) throws IOException {
        int first = 0;
        while (first < bytes.length) {
            if (bytes[first].hasRemaining()) {
                channel.write(bytes, first, bytes.length - first);
                waitingSince = System.nanoTime();
            } else {
                first++;
            }
        }
    }

    private void forget(Unanswered answered) {
        answered.response.close();
        memory.giveBack(answered.frame);
    }

    private void waiting(Waiting what) {
        waitingSince = System.nanoTime();
        waiting = what;
    }

    /// Why the client has kept us waiting for too long; null where it has not.
    @Nullable String overdue(long now, long mostIdleNanos, long mostStallNanos) {
        long waited = now - waitingSince;
        return switch (waiting) {
            case FOR_REQUEST -> waited > mostIdleNanos ? "it has asked nothing for long" : null;
            case FOR_REST_OF_REQUEST ->
                    waited > mostStallNanos ? "it does not send the rest of its request" : null;
            case FOR_CLIENT_TO_READ ->
                    waited > mostStallNanos ? "it does not read its response" : null;
            case FOR_NOTHING -> null;
        };
    }

    /// Whether a request is being read, answered, or its response written.
    boolean isBusy() {
        return waiting != Waiting.FOR_REQUEST;
    }

    /// Closes the connection, from another thread too.
    void cutOff(String reason) {
        LOG.log(System.Logger.Level.INFO, "closed the connection of {0}: {1}", remote, reason);
        close();
    }

    /// Takes no request any more behind those that are being answered.
    void drain() {
        draining = true;
        if (!isBusy()) {
            close();
        }
    }

    void close() {
        try {
            channel.close();
        } catch (IOException e) {
            // it is closed
        }
    }
}
