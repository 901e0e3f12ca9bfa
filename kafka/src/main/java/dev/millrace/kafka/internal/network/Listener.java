package dev.millrace.kafka.internal.network;

import dev.millrace.kafka.KafkaServerOptions;
import dev.millrace.kafka.internal.protocol.Apis;
import dev.millrace.log.LogException;
import dev.millrace.log.LogException.Code;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/// Takes the connections of clients, and closes those that keep it waiting.
public final class Listener {
    private static final System.Logger LOG = System.getLogger("dev.millrace.kafka");
    private static final int BACKLOG = 1024;
    private static final Duration LOOK_EVERY = Duration.ofMillis(200);
    private static final Duration LOOK_WHILE_DRAINING = Duration.ofMillis(2);

    private final ServerSocketChannel server;
    private final KafkaServerOptions options;
    private final Apis apis;
    private final RequestMemory memory;
    private final Set<Connection> connections = ConcurrentHashMap.newKeySet();
    private final Thread acceptor;
    private final Thread watcher;
    private volatile boolean closed;

    private Listener(ServerSocketChannel server, KafkaServerOptions options, Apis apis) {
        this.server = server;
        this.options = options;
        this.apis = apis;
        this.memory = new RequestMemory(options.maxQueuedBytes());
        this.acceptor = Thread.ofVirtual().name("kafka-accept").unstarted(this::accept);
        this.watcher = Thread.ofVirtual().name("kafka-watch").unstarted(this::watch);
    }

    /// Binds the address, and takes connections from now on.
    ///
    /// @throws LogException `invalid-config` where the address cannot be bound
    public static Listener start(KafkaServerOptions options, Apis apis) {
        InetSocketAddress unresolved = options.listen();
        InetSocketAddress address =
                new InetSocketAddress(unresolved.getHostString(), unresolved.getPort());
        try {
            if (address.isUnresolved()) {
                throw new IOException("there is no such host");
            }
            ServerSocketChannel server = ServerSocketChannel.open();
            try {
                server.setOption(StandardSocketOptions.SO_REUSEADDR, true);
                server.bind(address, BACKLOG);
            } catch (IOException e) {
                server.close();
                throw e;
            }
            Listener listener = new Listener(server, options, apis);
            listener.acceptor.start();
            listener.watcher.start();
            return listener;
        } catch (IOException e) {
            throw new LogException(
                    Code.INVALID_CONFIG,
                    "cannot listen for Kafka clients on %s:%d: %s. Stop whatever uses it, or set kafka.listen to another address"
                            .formatted(
                                    unresolved.getHostString(),
                                    unresolved.getPort(),
                                    e.getMessage()),
                    e);
        }
    }

    /// The address that was bound.
    public InetSocketAddress address() {
        try {
            return (InetSocketAddress) server.getLocalAddress();
        } catch (IOException e) {
            throw new LogException(Code.CLOSED, "the Kafka server is closed", e);
        }
    }

    private void accept() {
        while (!closed) {
            try {
                SocketChannel channel = server.accept();
                try {
                    take(channel);
                } catch (IOException e) {
                    channel.close(); // it has gone already
                }
            } catch (ClosedChannelException e) {
                return;
            } catch (IOException e) {
                LOG.log(System.Logger.Level.WARNING, "cannot take a connection: {0}", e);
                pause(LOOK_EVERY);
            }
        }
    }

    private void take(SocketChannel channel) throws IOException {
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        channel.setOption(StandardSocketOptions.SO_KEEPALIVE, true);
        Connection connection = new Connection(channel, apis, memory, options.maxRequestBytes());
        if (connections.size() >= options.maxConnections()) {
            connection.cutOff(
                    "there are %d, as many as kafka.max.connections allows"
                            .formatted(options.maxConnections()));
            return;
        }
        connections.add(connection);
        Thread.ofVirtual()
                .name("kafka-connection")
                .start(
                        () -> {
                            try {
                                connection.run();
                            } finally {
                                connections.remove(connection);
                            }
                        });
        if (closed) {
            connection.close();
        }
    }

    private void watch() {
        long idle = TimeUnit.MILLISECONDS.toNanos(options.maxIdleMillis());
        long stall = TimeUnit.MILLISECONDS.toNanos(options.maxStallMillis());
        while (!closed) {
            long now = System.nanoTime();
            for (Connection connection : connections) {
                String overdue = connection.overdue(now, idle, stall);
                if (overdue != null) {
                    connection.cutOff(overdue);
                }
            }
            pause(LOOK_EVERY);
        }
    }

    private static void pause(Duration duration) {
        try {
            Thread.sleep(duration);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /// How many connections there are.
    public int connections() {
        return connections.size();
    }

    /// Bytes that requests take of memory now.
    public long requestBytes() {
        return memory.used();
    }

    /// Takes no connection and no request any more, lets those in work end, and closes all
    /// connections.
    ///
    /// @param mostWait for what is in work
    public void close(Duration mostWait) {
        if (closed) {
            return;
        }
        closed = true;
        try {
            server.close();
        } catch (IOException e) {
            // it is closed
        }
        long deadline = System.nanoTime() + mostWait.toNanos();
        while (!connections.isEmpty() && System.nanoTime() < deadline) {
            connections.forEach(Connection::drain);
            pause(LOOK_WHILE_DRAINING);
        }
        connections.forEach(Connection::close);
    }
}
