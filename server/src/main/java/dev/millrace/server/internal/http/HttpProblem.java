package dev.millrace.server.internal.http;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.millrace.log.CorruptRecordException;
import dev.millrace.log.Damage;
import dev.millrace.log.LogException;
import dev.millrace.log.OffsetOutOfRangeException;
import dev.millrace.log.PreconditionFailedException;
import dev.millrace.log.TopicPartition;
import dev.millrace.server.internal.json.JsonException;
import dev.millrace.server.internal.json.JsonOutput;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;

/// Why a request was not answered as asked, as `application/problem+json` (RFC 9457):
///
/// | member | what |
/// |---|---|
/// | `type` | `urn:millrace:` and the code |
/// | `title` | the code as words |
/// | `status` | that of the answer |
/// | `code` | stable, see `docs/reference/errors.md` and `docs/reference/http.md` |
/// | `detail` | what happened, where, and what to do next |
/// | others | numbers of that failure: `earliest` and `latest`, `seen`, the place of damage |
public final class HttpProblem extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int status;
    private final String code;
    private final transient JsonOutput.Fields more;
    private final transient Map<String, String> headers;

    public HttpProblem(int status, String code, String detail) {
        this(status, code, detail, to -> {}, Map.of());
    }

    private HttpProblem(
            int status,
            String code,
            String detail,
            JsonOutput.Fields more,
            Map<String, String> headers) {
        super(detail);
        this.status = status;
        this.code = code;
        this.more = more;
        this.headers = headers;
    }

    /// The request itself is wrong.
    public static HttpProblem invalid(String detail) {
        return new HttpProblem(400, "invalid-request", detail);
    }

    /// As the constructor, with more members.
    public static HttpProblem with(HttpProblem problem, JsonOutput.Fields more) {
        return new HttpProblem(
                problem.status,
                problem.code,
                String.valueOf(problem.getMessage()),
                to -> {
                    problem.more.write(to);
                    more.write(to);
                },
                problem.headers);
    }

    /// As the constructor, with headers of the answer.
    static HttpProblem withHeaders(
            int status, String code, String detail, Map<String, String> headers) {
        return new HttpProblem(status, code, detail, to -> {}, headers);
    }

    /// What a failure is to the caller. A failure that nobody foresaw is `internal`.
    public static HttpProblem of(Throwable thrown) {
        Throwable e = thrown;
        while ((e instanceof CompletionException || e instanceof ExecutionException)
                && e.getCause() != null) {
            e = e.getCause();
        }
        return switch (e) {
            case HttpProblem problem -> problem;
            case LogException log ->
                    new HttpProblem(
                            status(log.code()),
                            log.code().key(),
                            String.valueOf(log.getMessage()),
                            more(log),
                            Map.of());
            case JsonException json -> invalid(String.valueOf(json.getMessage()));
            case IOException io ->
                    new HttpProblem(500, "io", "input or output of the server failed: " + io);
            default ->
                    new HttpProblem(
                            500,
                            "internal",
                            "this is a defect of Millrace; the server's log tells more");
        };
    }

    /// The status of a failure of the log.
    public static int status(LogException.Code code) {
        return switch (code) {
            case UNKNOWN_TOPIC, UNKNOWN_VIEW, UNKNOWN_GROUP -> 404;
            case TOPIC_EXISTS,
                    OUT_OF_ORDER_SEQUENCE,
                    PRODUCER_FENCED,
                    VIEW_STOPPED,
                    GROUP_NOT_EMPTY ->
                    409;
            case INVALID_TOPIC,
                    INVALID_CONFIG,
                    INVALID_BATCH,
                    CORRUPT_BATCH,
                    INVALID_VIEW,
                    OFFSET_OUT_OF_RANGE ->
                    400;
            case RECORD_TOO_LARGE -> 413;
            case PRECONDITION_FAILED -> 412;
            case NOT_SUPPORTED, FORMAT_TOO_NEW -> 501;
            case NOT_AUTHORIZED -> 403;
            case CLOSED, LOG_IN_USE, POISONED, UNAVAILABLE -> 503;
            case DISK_FULL -> 507;
            case CALLBACK_FAILED, NOT_A_LOG, CORRUPT_RECORD, IO -> 500;
        };
    }

    private static JsonOutput.Fields more(LogException e) {
        return switch (e) {
            case OffsetOutOfRangeException range ->
                    to -> {
                        write(to, range.partition());
                        to.writeNumberField("offset", range.offset());
                        to.writeNumberField("earliest", range.earliest());
                        to.writeNumberField("latest", range.latest());
                    };
            case PreconditionFailedException failed ->
                    to -> {
                        write(to, failed.partition());
                        if (failed.seen() instanceof Long end) {
                            to.writeNumberField("seen", end);
                        }
                    };
            case CorruptRecordException corrupt -> to -> write(to, corrupt.damage());
            default -> to -> {};
        };
    }

    private static void write(JsonGenerator to, TopicPartition partition) throws IOException {
        to.writeStringField("topic", partition.topic());
        to.writeNumberField("partition", partition.partition());
    }

    /// Writes a stretch that cannot be read.
    public static void write(JsonGenerator to, Damage damage) throws IOException {
        write(to, damage.partition());
        to.writeNumberField("fromOffset", damage.fromOffset());
        to.writeNumberField("nextReadableOffset", damage.nextReadableOffset());
        to.writeStringField("file", damage.file());
        to.writeNumberField("position", damage.position());
        to.writeStringField("what", damage.what());
    }

    void write(JsonGenerator to) throws IOException {
        to.writeStringField("type", "urn:millrace:" + code);
        to.writeStringField("title", code.replace('-', ' '));
        to.writeNumberField("status", status);
        to.writeStringField("code", code);
        to.writeStringField("detail", getMessage());
        more.write(to);
    }

    public int status() {
        return status;
    }

    public String code() {
        return code;
    }

    Map<String, String> headers() {
        return headers;
    }
}
