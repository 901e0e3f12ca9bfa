package dev.millrace.server.internal.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(120)
class HttpServerTest {
    private static final int SEED = 20261120;

    private HttpServer server;

    @BeforeEach
    void start() throws IOException {
        server =
                HttpServer.start(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                        List.of(
                                new Route("GET", "/hello/{name}", HttpServerTest::hello),
                                new Route("POST", "/length", HttpServerTest::length),
                                new Route("GET", "/lines", HttpServerTest::failingLines),
                                new Route("GET", "/cut", HttpServerTest::cut),
                                new Route("GET", "/defect", HttpServerTest::defect)),
                        new HttpLimits(1000, 2000));
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private static HttpResponse hello(HttpRequest request) {
        return HttpResponse.text(200, "text/plain", "hello " + request.path("name"));
    }

    private static HttpResponse length(HttpRequest request) throws IOException {
        int length = request.body().readAllBytes().length;
        return HttpResponse.text(200, "text/plain", "" + length);
    }

    private static HttpResponse failingLines(HttpRequest request) {
        return HttpResponse.lines(
                to -> {
                    to.object(each -> each.writeNumberField("line", 1));
                    throw HttpProblem.invalid("in the middle");
                });
    }

    private static HttpResponse cut(HttpRequest request) {
        return HttpResponse.stream(
                "text/plain",
                -1,
                to -> {
                    to.write("half".getBytes(StandardCharsets.UTF_8));
                    to.flush();
                    throw new IOException("the disk is gone");
                });
    }

    private static HttpResponse defect(HttpRequest request) {
        throw new IllegalStateException("secret");
    }

    private Socket connect() throws IOException {
        return new Socket(InetAddress.getLoopbackAddress(), server.address().getPort());
    }

    private static void write(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
    }

    /// Everything up to the end of the connection.
    private String exchange(String request) throws IOException {
        try (Socket socket = connect()) {
            write(socket, request);
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static String get(String path, String... headers) {
        return "GET %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n%s\r\n"
                .formatted(path, String.join("", headers));
    }

    private void requireServing() throws IOException {
        assertThat(exchange(get("/hello/you"))).startsWith("HTTP/1.1 200").contains("hello you");
    }

    @Test
    void answersOnOneConnectionAreNotHeldBack() throws IOException {
        assertThat(System.getProperty("sun.net.httpserver.nodelay")).isEqualTo("true");
        int requests = 50;
        try (Socket socket = connect()) {
            socket.setTcpNoDelay(true);
            InputStream in = new BufferedInputStream(socket.getInputStream());
            ask(socket, in); // loads the classes
            long started = System.nanoTime();
            for (int i = 0; i < requests; i++) {
                ask(socket, in);
            }
            long mean = (System.nanoTime() - started) / requests / 1000;
            // with Nagle's algorithm each answer waits 40 ms for a delayed acknowledgement
            assertThat(mean).as("microseconds a request").isLessThan(30_000);
        }
    }

    private static void ask(Socket socket, InputStream in) throws IOException {
        write(socket, "GET /hello/you HTTP/1.1\r\nHost: localhost\r\n\r\n");
        StringBuilder answer = new StringBuilder();
        while (answer.indexOf("hello you") < 0) {
            int next = in.read();
            assertThat(next).as("after " + answer).isNotNegative();
            answer.append((char) next);
        }
    }

    @Test
    void headIsAnsweredWithoutABody() throws IOException {
        String answer = exchange(get("/hello/you").replace("GET", "HEAD"));
        assertThat(answer).startsWith("HTTP/1.1 200").doesNotContain("hello");
    }

    @Test
    void anotherMethodIsRefusedWithThoseThatAreAnswered() throws IOException {
        assertThat(exchange(get("/hello/you").replace("GET", "DELETE")))
                .startsWith("HTTP/1.1 405")
                .containsIgnoringCase("Allow: GET")
                .contains("method-not-allowed");
    }

    @Test
    void aDefectIsAnsweredWithoutItsWords() throws IOException {
        assertThat(exchange(get("/defect")))
                .startsWith("HTTP/1.1 500")
                .contains("\"code\":\"internal\"")
                .doesNotContain("secret");
    }

    @Test
    void linesThatFailInTheMiddleEndWithTheProblem() throws IOException {
        assertThat(exchange(get("/lines")))
                .contains("{\"line\":1}")
                .contains("{\"problem\":{")
                .contains("in the middle")
                .endsWith("0\r\n\r\n");
    }

    @Test
    void anAnswerThatIsCutShortDoesNotLookWhole() throws IOException {
        assertThat(exchange(get("/cut"))).contains("half").doesNotEndWith("0\r\n\r\n");
    }

    @Test
    void aBodyBeyondTheLimitIsRefusedWhetherItsLengthIsKnownOrNot() throws IOException {
        String head = "POST /length HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n";
        String body = "x".repeat(1001);
        assertThat(exchange(head + "Content-Length: 1001\r\n\r\n" + body))
                .startsWith("HTTP/1.1 413");
        assertThat(
                        exchange(
                                head
                                        + "Transfer-Encoding: chunked\r\n\r\n3e9\r\n"
                                        + body
                                        + "\r\n0\r\n\r\n"))
                .startsWith("HTTP/1.1 413");
        assertThat(exchange(head + "Content-Length: 1000\r\n\r\n" + body.substring(1)))
                .startsWith("HTTP/1.1 200");
    }

    @Test
    void bodiesThatWaitAreBoundedTogether() throws IOException {
        String head =
                "POST /length HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: 1000\r\n\r\n";
        List<Socket> waiting = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            Socket socket = connect();
            write(socket, head + "x".repeat(950));
            waiting.add(socket);
        }
        while (server.waitingBytes() < 1900) {
            Thread.onSpinWait();
        }
        assertThat(exchange(head + "x".repeat(1000)))
                .startsWith("HTTP/1.1 503")
                .contains("overloaded");
        for (Socket socket : waiting) {
            socket.close();
        }
        while (server.waitingBytes() > 0) {
            Thread.onSpinWait();
        }
        assertThat(exchange(head + "x".repeat(1000))).startsWith("HTTP/1.1 200");
    }

    @Test
    void pagesOfOtherSitesAreKeptOut() throws IOException {
        assertThat(exchange(get("/hello/you", "Origin: https://evil.example\r\n")))
                .startsWith("HTTP/1.1 403");
        assertThat(exchange(get("/hello/you", "Origin: http://localhost\r\n")))
                .startsWith("HTTP/1.1 200");
        assertThat(exchange(get("/hello/you").replace("localhost", "evil.example:8080")))
                .startsWith("HTTP/1.1 421");
        assertThat(exchange(get("/hello/you").replace("localhost", "127.0.0.1:8080")))
                .startsWith("HTTP/1.1 200");
        assertThat(exchange(get("/hello/you").replace("localhost", "[::1]:8080")))
                .startsWith("HTTP/1.1 200");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET\r\n\r\n",
                "GET /hello/%zz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
                "GET // HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
                "GET http: HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
                "OPTIONS * HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
                "POST /length HTTP/1.1\r\nHost: localhost\r\nContent-Length: -5\r\n\r\n",
                "POST /length HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"
            })
    void whatIsNoRequestIsRefusedAndOthersAreServed(String request) throws IOException {
        try (Socket socket = connect()) {
            write(socket, request);
            socket.shutdownOutput();
            assertThat(socket.getInputStream().readAllBytes())
                    .asString(StandardCharsets.UTF_8)
                    .doesNotContain("HTTP/1.1 200")
                    .doesNotContain("internal");
        }
        requireServing();
    }

    @Test
    void hugeHeadersAreCutOffAndOthersAreServed() throws IOException {
        try (Socket socket = connect()) {
            write(socket, "GET /hello/you HTTP/1.1\r\nHost: localhost\r\n");
            for (int i = 0; i < 1000; i++) {
                write(socket, "X-%d: %s\r\n".formatted(i, "x".repeat(1000)));
            }
            write(socket, "\r\n");
            assertThat(socket.getInputStream().readAllBytes()).asString().doesNotContain("200 OK");
        } catch (IOException e) {
            // cut off while it was sending
        }
        requireServing();
    }

    @Test
    void halfOpenConnectionsAndGarbageDoNotStopTheServer() throws IOException {
        Random random = new Random(SEED);
        List<Socket> open = new ArrayList<>();
        try {
            for (int i = 0; i < 300; i++) {
                Socket socket = connect();
                open.add(socket);
                byte[] garbage = new byte[random.nextInt(200)];
                random.nextBytes(garbage);
                try {
                    switch (i % 4) {
                        case 0 -> socket.getOutputStream().write(garbage);
                        case 1 -> write(socket, "GET /hello/you HTTP/1.1\r\nHost: loc");
                        case 2 ->
                                write(
                                        socket,
                                        "POST /length HTTP/1.1\r\nContent-Length: 9\r\n\r\nx");
                        default -> {} // says nothing
                    }
                } catch (IOException e) {
                    // cut off already
                }
            }
            requireServing();
        } finally {
            for (Socket socket : open) {
                socket.close();
            }
        }
        requireServing();
    }
}
