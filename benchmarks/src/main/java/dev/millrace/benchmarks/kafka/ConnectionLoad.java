package dev.millrace.benchmarks.kafka;

import dev.millrace.log.Compression;
import dev.millrace.log.LogRecord;
import dev.millrace.log.RecordBatch;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// Many connections that each send a small batch with `acks=all` and wait for its answer, from
/// virtual threads of one process. Kafka's own producer would have a thread and a megabyte for
/// each.
final class ConnectionLoad {
    private static final int PRODUCE = 0;
    private static final short VERSION = 7;
    private static final int RECORDS = 150;
    private static final int RECORD_BYTES = 100;
    private static final int IN_FLIGHT = 5;

    /// Correlation id, count of topics, length of the name.
    private static final int BEFORE_NAME = 4 + 4 + 2;

    /// Count of partitions, index.
    private static final int BEFORE_ERROR = 4 + 4;

    private final String host;
    private final int port;
    private final String topic;
    private final int partitions;
    private final byte[] batch;

    ConnectionLoad(String host, int port, String topic, int partitions) {
        this.host = host;
        this.port = port;
        this.topic = topic;
        this.partitions = partitions;
        Random random = new Random(20_261_120);
        List<LogRecord> records = new ArrayList<>();
        for (int i = 0; i < RECORDS; i++) {
            byte[] value = new byte[RECORD_BYTES];
            random.nextBytes(value);
            records.add(LogRecord.of(null, value));
        }
        ByteBuffer built = RecordBatch.of(records, Compression.NONE).buffer();
        this.batch = new byte[built.remaining()];
        built.get(batch);
    }

    /// @return records a second, all of them acknowledged
    double run(int connections, int seconds) throws InterruptedException, IOException {
        AtomicLong acknowledged = new AtomicLong();
        CountDownLatch ended = new CountDownLatch(connections);
        List<IOException> failures = Collections.synchronizedList(new ArrayList<>());
        List<Socket> sockets = connect(connections);
        try {
            long warm = System.nanoTime() + TimeUnit.SECONDS.toNanos(2);
            long end = warm + TimeUnit.SECONDS.toNanos(seconds);
            for (int i = 0; i < connections; i++) {
                byte[] request = request(i % partitions);
                Socket socket = sockets.get(i);
                Thread.ofVirtual()
                        .start(
                                () -> {
                                    try {
                                        send(socket, request, warm, end, acknowledged);
                                    } catch (IOException e) {
                                        failures.add(e);
                                    } finally {
                                        ended.countDown();
                                    }
                                });
            }
            ended.await();
        } finally {
            for (Socket socket : sockets) {
                socket.close();
            }
        }
        if (!failures.isEmpty()) {
            throw failures.getFirst();
        }
        return (double) acknowledged.get() * RECORDS / seconds;
    }

    /// One after the other: a broker lets few wait to be taken.
    private List<Socket> connect(int connections) throws IOException, InterruptedException {
        List<Socket> sockets = new ArrayList<>();
        for (int i = 0; i < connections; i++) {
            Socket socket = new Socket(host, port);
            socket.setTcpNoDelay(true);
            sockets.add(socket);
            Thread.sleep(2);
        }
        return sockets;
    }

    private void send(Socket socket, byte[] request, long warm, long end, AtomicLong acknowledged)
            throws IOException {
        OutputStream out = socket.getOutputStream();
        DataInputStream in = new DataInputStream(socket.getInputStream());
        for (int i = 0; i < IN_FLIGHT; i++) {
            out.write(request);
        }
        int left = IN_FLIGHT;
        while (left > 0) {
            byte[] response = new byte[in.readInt()];
            in.readFully(response);
            requireAppended(response);
            long now = System.nanoTime();
            if (now >= warm && now < end) {
                acknowledged.incrementAndGet();
            }
            if (now < end) {
                out.write(request);
            } else {
                left--;
            }
        }
    }

    private void requireAppended(byte[] response) throws IOException {
        int at = BEFORE_NAME + topic.length() + BEFORE_ERROR;
        short error = ByteBuffer.wrap(response).getShort(at);
        if (error != 0) {
            throw new IOException("a produce request failed with error " + error);
        }
    }

    private byte[] request(int partition) {
        byte[] name = topic.getBytes(StandardCharsets.UTF_8);
        ByteBuffer out = ByteBuffer.allocate(100 + name.length + batch.length);
        out.position(4);
        out.putShort((short) PRODUCE).putShort(VERSION).putInt(1);
        text(out, null); // client id
        text(out, null); // transactional id
        out.putShort((short) 1).putInt(30_000);
        out.putInt(1);
        text(out, topic);
        out.putInt(1).putInt(partition).putInt(batch.length).put(batch);
        out.putInt(0, out.position() - 4);
        byte[] request = new byte[out.position()];
        out.flip().get(request);
        return request;
    }

    private static void text(ByteBuffer out, @Nullable String text) {
        if (text == null) {
            out.putShort((short) -1);
        } else {
            byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
            out.putShort((short) utf8.length).put(utf8);
        }
    }
}
