package dev.millrace.server.internal.http;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/// Serves routes over HTTP/1.1, each request on a virtual thread of its own. The only class that
/// touches the JDK's server.
///
/// What it cannot parse, connections that send nothing and requests that do not end are cut off by
/// the JDK's server; all else is answered, failures as [HttpProblem].
public final class HttpServer implements AutoCloseable {
    private static final Logger LOG = System.getLogger("dev.millrace.server");

    private static final long STEP_NANOS = 5_000_000;

    static {
        // The JDK's server reads these once, when its classes are loaded.
        setDefault(
                "sun.net.httpserver.nodelay", "true"); // else an answer in two writes waits 40 ms
        setDefault("sun.net.httpserver.maxReqTime", "120"); // seconds for a request to come in
        setDefault("sun.net.httpserver.maxReqHeaderSize", "65536");
        setDefault("jdk.httpserver.maxConnections", "2048");
    }

    private final com.sun.net.httpserver.HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final List<Route> routes;
    private final HttpLimits limits;
    private final HostCheck hostCheck;
    private final AtomicLong waitingBytes = new AtomicLong();
    private final AtomicInteger inWork = new AtomicInteger();
    private volatile boolean draining;

    private HttpServer(
            com.sun.net.httpserver.HttpServer server, List<Route> routes, HttpLimits limits) {
        this.server = server;
        this.routes = List.copyOf(routes);
        this.limits = limits;
        this.hostCheck = new HostCheck(server.getAddress().getAddress().isLoopbackAddress());
    }

    private static void setDefault(String property, String value) {
        if (System.getProperty(property) == null) {
            System.setProperty(property, value);
        }
    }

    /// Listens at an address and answers from now on.
    ///
    /// @param address port 0 takes any that is free
    /// @throws IOException where it cannot be bound
    public static HttpServer start(InetSocketAddress address, List<Route> routes, HttpLimits limits)
            throws IOException {
        HttpServer server =
                new HttpServer(
                        com.sun.net.httpserver.HttpServer.create(address, 0), routes, limits);
        server.server.setExecutor(server.threads);
        server.server.createContext("/", server::serve);
        server.server.start();
        return server;
    }

    /// Where it listens.
    public InetSocketAddress address() {
        return server.getAddress();
    }

    /// Bytes of bodies whose requests are not answered yet.
    long waitingBytes() {
        return waitingBytes.get();
    }

    /// Requests that are not answered yet.
    public int inWork() {
        return inWork.get();
    }

    private void serve(HttpExchange exchange) throws IOException {
        LimitedBody body = new LimitedBody(exchange.getRequestBody(), limits, waitingBytes);
        inWork.incrementAndGet();
        try {
            send(exchange, answer(exchange, body));
            exchange.close();
        } finally {
            inWork.decrementAndGet();
            body.release();
        }
        // Where sending fails, the JDK's server closes the connection: an answer that was cut short
        // must not look whole.
    }

    private HttpResponse answer(HttpExchange exchange, LimitedBody body) {
        try {
            if (draining) {
                throw new HttpProblem(503, "closed", "the server is being closed");
            }
            hostCheck.require(exchange);
            List<String> segments = HttpRequest.segments(exchange.getRequestURI().getRawPath());
            Map<String, String> query =
                    HttpRequest.parameters(exchange.getRequestURI().getRawQuery());
            Found found = find(exchange.getRequestMethod(), segments);
            return found.route()
                    .handler()
                    .answer(
                            new HttpRequest(
                                    found.variables(),
                                    query,
                                    exchange.getRequestHeaders()::getFirst,
                                    body,
                                    () -> draining));
        } catch (Exception e) {
            HttpProblem problem = HttpProblem.of(e);
            if (problem.code().equals("internal")) {
                LOG.log(Level.ERROR, "a request failed: " + exchange.getRequestMethod(), e);
            }
            return HttpResponse.problem(problem);
        }
    }

    private record Found(Route route, Map<String, String> variables) {}

    private Found find(String method, List<String> segments) {
        String wanted = method.equals("HEAD") ? "GET" : method;
        TreeSet<String> allowed = new TreeSet<>();
        for (Route route : routes) {
            Map<String, String> variables = route.match(segments);
            if (variables != null && route.method().equals(wanted)) {
                return new Found(route, variables);
            }
            if (variables != null) {
                allowed.add(route.method());
            }
        }
        if (allowed.isEmpty()) {
            throw new HttpProblem(
                    404, "not-found", "there is nothing at /" + String.join("/", segments));
        }
        String methods = String.join(", ", allowed);
        throw HttpProblem.withHeaders(
                405,
                "method-not-allowed",
                "%s is not answered here; %s is".formatted(method, methods),
                Map.of("Allow", methods));
    }

    private static void send(HttpExchange exchange, HttpResponse response) throws IOException {
        response.headers().forEach(exchange.getResponseHeaders()::set);
        boolean head = exchange.getRequestMethod().equals("HEAD");
        if (head || response.length() == 0) {
            exchange.sendResponseHeaders(response.status(), -1);
            return;
        }
        exchange.sendResponseHeaders(response.status(), Math.max(0, response.length()));
        OutputStream to = exchange.getResponseBody();
        try {
            response.body().writeTo(to);
        } catch (IOException | UncheckedIOException e) {
            throw new IOException("the caller does not read its answer any more", e);
        } catch (Exception e) {
            LOG.log(Level.ERROR, "an answer failed in the middle", e);
            throw new IOException(e);
        }
        to.close();
    }

    /// Refuses what is new, has whoever waits for something come to an end, waits for requests in
    /// work, and closes all connections.
    ///
    /// @param bound how long it waits at most
    public void close(Duration bound) {
        draining = true;
        // The JDK's own waiting misses answers that end just then, and waits to the bound.
        long end = System.nanoTime() + bound.toNanos();
        while (inWork.get() > 0 && System.nanoTime() < end) {
            LockSupport.parkNanos(STEP_NANOS);
        }
        server.stop(0);
        threads.shutdownNow();
    }

    @Override
    public void close() {
        close(Duration.ofSeconds(5));
    }
}
