package dev.millrace.server.internal.http;

import java.io.InputStream;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// A request, as its handler sees it. For one thread.
public final class HttpRequest {
    private final Map<String, String> variables;
    private final Map<String, String> query;
    private final UnaryOperator<@Nullable String> headers;
    private final InputStream body;
    private final BooleanSupplier draining;

    HttpRequest(
            Map<String, String> variables,
            Map<String, String> query,
            UnaryOperator<@Nullable String> headers,
            InputStream body,
            BooleanSupplier draining) {
        this.variables = variables;
        this.query = query;
        this.headers = headers;
        this.body = body;
        this.draining = draining;
    }

    /// The value of a variable of the route's pattern.
    public String path(String variable) {
        String value = variables.get(variable);
        if (value == null) {
            throw new IllegalArgumentException("the route has no variable " + variable);
        }
        return value;
    }

    /// As [#path], a whole number that is not negative.
    public int pathNumber(String variable) {
        String text = path(variable);
        if (!text.matches("[0-9]{1,9}")) {
            throw HttpProblem.invalid("%s is a number, and not '%s'".formatted(variable, text));
        }
        return Integer.parseInt(text);
    }

    /// A query parameter; null where it is not given.
    public @Nullable String query(String name) {
        return query.get(name);
    }

    /// A query parameter that is `true` or `false`; false where it is not given.
    public boolean queryFlag(String name) {
        String text = query.getOrDefault(name, "false");
        if (!text.equals("true") && !text.equals("false")) {
            throw HttpProblem.invalid("%s is true or false, and not '%s'".formatted(name, text));
        }
        return text.equals("true");
    }

    /// A query parameter that is a whole number from `least` to `most`.
    public OptionalLong queryNumber(String name, long least, long most) {
        String text = query.get(name);
        if (text == null) {
            return OptionalLong.empty();
        }
        try {
            long value = Long.parseLong(text);
            if (value >= least && value <= most) {
                return OptionalLong.of(value);
            }
        } catch (NumberFormatException e) {
            // said below, with the range
        }
        String range = most == Long.MAX_VALUE ? "from " + least : "from " + least + " to " + most;
        throw HttpProblem.invalid("%s is a number %s, and not '%s'".formatted(name, range, text));
    }

    /// Refuses parameters that the route does not know: a misspelt one would be passed over in
    /// silence.
    public void requireQuery(String... known) {
        for (String name : query.keySet()) {
            if (!Set.of(known).contains(name)) {
                throw HttpProblem.invalid(
                        "unknown query parameter '%s'; known here: %s"
                                .formatted(
                                        name,
                                        known.length == 0 ? "none" : String.join(", ", known)));
            }
        }
    }

    /// A header; null where it is not given.
    public @Nullable String header(String name) {
        return headers.apply(name);
    }

    /// Whether the caller names this media type among those that it accepts.
    public boolean accepts(String mediaType) {
        String accepted = header("Accept");
        return accepted != null && accepted.contains(mediaType);
    }

    /// The media type of the body.
    ///
    /// @throws HttpProblem 415 where it is none of `supported`
    public String requireMediaType(String... supported) {
        String given = header("Content-Type");
        String type = given == null ? "" : given.split(";", 2)[0].strip();
        for (String each : supported) {
            if (each.equalsIgnoreCase(type)) {
                return each;
            }
        }
        throw new HttpProblem(
                415,
                "unsupported-media-type",
                "Content-Type must be %s, not '%s'"
                        .formatted(String.join(" or ", supported), type));
    }

    /// The body. Reading it throws a [HttpProblem] where it is larger than the limit.
    public InputStream body() {
        return body;
    }

    /// Whether the server is being closed: whoever waits for something ends now.
    public boolean draining() {
        return draining.getAsBoolean();
    }

    /// Decodes the segments of a path: `/v1/topics/a%20b`.
    static List<String> segments(String rawPath) {
        List<String> segments = new ArrayList<>();
        for (String segment : rawPath.substring(1).split("/", -1)) {
            segments.add(decode(segment.replace("+", "%2B")));
        }
        return segments;
    }

    /// Decodes a query: `limit=10&after=orders`. Of a name that is given twice the last counts.
    static Map<String, String> parameters(@Nullable String rawQuery) {
        Map<String, String> parameters = new LinkedHashMap<>();
        if (rawQuery == null || rawQuery.isEmpty()) {
            return parameters;
        }
        for (String pair : rawQuery.split("&")) {
            int equals = pair.indexOf('=');
            String name = equals < 0 ? pair : pair.substring(0, equals);
            parameters.put(decode(name), equals < 0 ? "true" : decode(pair.substring(equals + 1)));
        }
        return parameters;
    }

    private static String decode(String text) {
        try {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw HttpProblem.invalid("'%s' is not percent-encoded UTF-8".formatted(text));
        }
    }
}
