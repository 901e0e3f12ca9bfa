package dev.millrace.server.internal.http;

import com.sun.net.httpserver.HttpExchange;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// Keeps web pages out that a browser on this machine happens to show: a page must not reach a
/// server that trusts whoever reaches it.
///
/// A page of another site sends its `Origin`, which is not the host that it asks. A page whose name
/// was made to lead here (DNS rebinding) asks for a `Host` that is none of this machine's own.
final class HostCheck {
    private final boolean loopback;

    /// @param loopback whether the server can be reached from this machine alone
    HostCheck(boolean loopback) {
        this.loopback = loopback;
    }

    void require(HttpExchange exchange) {
        String host = exchange.getRequestHeaders().getFirst("Host");
        if (loopback && host != null && !isOfThisMachine(name(host))) {
            throw new HttpProblem(
                    421,
                    "wrong-host",
                    "'%s' is not the name of a server that listens on this machine alone"
                            .formatted(host));
        }
        String origin = exchange.getRequestHeaders().getFirst("Origin");
        if (origin != null && !isSame(origin, host)) {
            throw new HttpProblem(
                    403, "cross-origin", "a page of %s may not ask this server".formatted(origin));
        }
    }

    private static boolean isOfThisMachine(String name) {
        return name.equals("localhost")
                || name.endsWith(".localhost")
                || name.equals("[::1]")
                || name.matches("127(\\.[0-9]{1,3}){3}");
    }

    private static boolean isSame(String origin, @Nullable String host) {
        String asked = origin.replaceFirst("^https?://", "");
        return host != null && asked.equalsIgnoreCase(host);
    }

    private static String name(String host) {
        return host.toLowerCase(Locale.ROOT).replaceFirst(":[0-9]*$", "");
    }
}
