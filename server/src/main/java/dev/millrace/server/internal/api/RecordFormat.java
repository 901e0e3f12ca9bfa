package dev.millrace.server.internal.api;

import dev.millrace.log.Header;
import dev.millrace.log.LogRecord;
import dev.millrace.server.internal.http.HttpProblem;
import dev.millrace.server.internal.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Reads records as [dev.millrace.server.RecordJson] writes them. All fields may be left out: then
/// the record has no key, no value, no headers, and the present time.
public final class RecordFormat {
    private RecordFormat() {}

    /// The record in an object. Other fields of it are left alone.
    public static LogRecord read(JsonObject from) {
        List<Header> headers = new ArrayList<>();
        for (JsonObject header : from.objects("headers")) {
            header.requireKnown("key", "value", "valueBase64");
            headers.add(new Header(header.text("key"), bytes(header, "value")));
        }
        long now = System.currentTimeMillis();
        return new LogRecord(
                from.number("timestamp", now), bytes(from, "key"), bytes(from, "value"), headers);
    }

    private static byte @Nullable [] bytes(JsonObject from, String name) {
        String coded = from.textOrNull(name + "Base64");
        String text = from.textOrNull(name);
        if (coded == null) {
            return text == null ? null : text.getBytes(StandardCharsets.UTF_8);
        }
        if (text != null) {
            throw from.refused(name, "left out where there is " + name + "Base64");
        }
        try {
            return Base64.getDecoder().decode(coded);
        } catch (IllegalArgumentException e) {
            throw from.refused(name + "Base64", "base64");
        }
    }

    /// A time in a query, as milliseconds since the epoch: ISO 8601 with its offset, or already
    /// such a number.
    static long time(String parameter, String text) {
        try {
            return text.matches("-?[0-9]{1,18}")
                    ? Long.parseLong(text)
                    : Instant.from(OffsetDateTime.parse(text)).toEpochMilli();
        } catch (DateTimeException e) {
            throw HttpProblem.invalid(
                    "%s is a time like 2026-03-27T14:30:00Z or milliseconds since the epoch, and not '%s'"
                            .formatted(parameter, text));
        }
    }
}
