package dev.millrace.server.internal.http;

import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/// The body of a request, within the limit of one, and of all that are being read together.
final class LimitedBody extends InputStream {
    private final InputStream from;
    private final HttpLimits limits;
    private final AtomicLong waiting;
    private long taken;

    /// @param waiting bytes of all bodies whose requests are not answered yet
    LimitedBody(InputStream from, HttpLimits limits, AtomicLong waiting) {
        this.from = from;
        this.limits = limits;
        this.waiting = waiting;
    }

    @Override
    public int read() {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) {
        int read;
        try {
            read = from.read(bytes, offset, length);
        } catch (IOException e) {
            throw HttpProblem.invalid("the body ended before its end: " + e.getMessage());
        }
        if (read > 0) {
            take(read);
        }
        return read;
    }

    private void take(int count) {
        taken += count;
        long all = waiting.addAndGet(count);
        if (taken > limits.maxBodyBytes()) {
            throw new HttpProblem(
                    413,
                    "body-too-large",
                    "the body is larger than http.max-body-bytes, %d; send less at once"
                            .formatted(limits.maxBodyBytes()));
        }
        if (all > limits.maxWaitingBytes()) {
            throw HttpProblem.withHeaders(
                    503,
                    "overloaded",
                    "bodies of more than http.max-waiting-bytes, %d, wait to be answered; try again"
                            .formatted(limits.maxWaitingBytes()),
                    Map.of("Retry-After", "1"));
        }
    }

    /// The request is answered.
    void release() {
        waiting.addAndGet(-taken);
        taken = 0;
    }
}
