package dev.millrace.log;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/// Records of every shape, from a seed: null, empty, small and large fields, text and noise,
/// headers, timestamps that go back and forth.
public final class RandomRecords {
    private final Random random;

    public RandomRecords(long seed) {
        random = new Random(seed);
    }

    /// 1 to 300 records, a few of them large.
    public List<LogRecord> some() {
        int count = 1 + random.nextInt(random.nextBoolean() ? 5 : 300);
        long time = 1_700_000_000_000L;
        List<LogRecord> records = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            time += timeStep();
            records.add(new LogRecord(time, field(), field(), headers()));
        }
        return records;
    }

    private long timeStep() {
        return switch (random.nextInt(20)) {
            case 0 -> random.nextLong(-100_000_000_000L, 100_000_000_000L);
            case 1 -> random.nextInt(-10_000_000, 10_000_000);
            case 2 -> random.nextInt(-10_000, 10_000);
            default -> random.nextInt(-3, 10);
        };
    }

    private byte @Nullable [] field() {
        return switch (random.nextInt(60)) {
            case 0, 1, 2, 3, 4, 5, 6, 7 -> null;
            case 8, 9, 10 -> new byte[0];
            case 11 -> bytes(random.nextInt(60_000));
            case 12, 13 -> bytes(8190 + random.nextInt(6));
            case 14, 15 -> bytes(62 + random.nextInt(5));
            default -> bytes(random.nextInt(200));
        };
    }

    private byte[] bytes(int length) {
        byte[] bytes = new byte[length];
        if (random.nextBoolean()) {
            random.nextBytes(bytes);
        } else {
            for (int i = 0; i < length; i++) {
                bytes[i] = (byte) ("event ".charAt(i % 6));
            }
        }
        return bytes;
    }

    private List<Header> headers() {
        if (random.nextInt(4) != 0) {
            return List.of();
        }
        List<Header> headers = new ArrayList<>();
        for (int i = random.nextInt(70); i >= 0; i -= 1 + random.nextInt(30)) {
            String key = random.nextInt(5) == 0 ? "" : "kopf-\u00fc-\ud83c\udf3e-" + i;
            headers.add(new Header(key, field()));
        }
        return headers;
    }
}
