package dev.millrace.kafka;

import dev.millrace.kafka.internal.protocol.Api;
import dev.millrace.log.LogRecord;
import dev.millrace.log.RecordBatch;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.RequestHeaderData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.ObjectSerializationCache;
import org.apache.kafka.common.protocol.types.BoundField;
import org.apache.kafka.common.protocol.types.Schema;
import org.apache.kafka.common.protocol.types.Struct;
import org.apache.kafka.common.protocol.types.TaggedFields;
import org.apache.kafka.common.protocol.types.Type;
import org.apache.kafka.common.record.internal.MemoryRecords;

/**
 * Requests of any API and version whose form is right and whose fields are anything, most of them
 * something that means something; and what becomes of them on a bad way. The same seed makes the
 * same requests.
 */
final class RandomRequests {
    private static final List<String> NAMES =
            List.of(
                    "orders",
                    "orders",
                    "latest",
                    "latest",
                    "nothing",
                    "__topics",
                    "",
                    "a b",
                    "0",
                    "__consumer_offsets",
                    "group",
                    "group",
                    "consumer",
                    "range",
                    "retention.ms",
                    "cleanup.policy",
                    "compact",
                    "60000",
                    "min.insync.replicas",
                    "1",
                    "compression.type",
                    "producer",
                    "durability",
                    "os");
    private static final int[] INTS = {-1, 0, 0, 0, 1, 1, 2, 3, -2, 7, 100};
    private static final int[] EDGES = {
        Integer.MIN_VALUE, Integer.MAX_VALUE, Short.MAX_VALUE, 1 << 24, 0x7f7f7f7f, -3
    };

    private final SplittableRandom random;
    private final List<Uuid> ids;

    /**
     * @param ids of topics
     */
    RandomRequests(long seed, List<Uuid> ids) {
        this.random = new SplittableRandom(seed);
        this.ids = ids;
    }

    /** A request of one of these, without its length. */
    byte[] any(List<Api> apis) {
        Api api = apis.get(random.nextInt(apis.size()));
        short version = (short) random.nextInt(api.least(), api.most() + 1);
        return of(api.key(), version);
    }

    byte[] of(ApiKeys api, short version) {
        Schema schema = api.messageType.requestSchemas()[Math.max(version, api.oldestVersion())];
        Struct body = struct(schema);
        short headerVersion = api.requestHeaderVersion(version);
        RequestHeaderData header =
                new RequestHeaderData()
                        .setRequestApiKey(api.id)
                        .setRequestApiVersion(version)
                        .setCorrelationId(random.nextInt())
                        .setClientId(random.nextBoolean() ? "fuzz" : null);
        ObjectSerializationCache cache = new ObjectSerializationCache();
        ByteBuffer frame = ByteBuffer.allocate(header.size(cache, headerVersion) + body.sizeOf());
        header.write(new ByteBufferAccessor(frame), cache, headerVersion);
        body.writeTo(frame);
        return frame.array();
    }

    private Struct struct(Schema schema) {
        Struct struct = new Struct(schema);
        for (BoundField field : schema.fields()) {
            struct.set(field, value(field.def.type));
        }
        return struct;
    }

    private Object value(Type type) {
        if (type.isNullable() && random.nextInt(8) == 0) {
            return null;
        }
        if (type instanceof Schema schema) {
            return struct(schema);
        }
        if (type.isArray()) {
            Object[] values = new Object[random.nextInt(10) == 0 ? 5 : random.nextInt(3)];
            for (int i = 0; i < values.length; i++) {
                values[i] = value(type.arrayElementType().orElseThrow());
            }
            return values;
        }
        if (type instanceof TaggedFields) {
            return new TreeMap<Integer, Object>();
        }
        return primitive(type.toString());
    }

    private Object primitive(String type) {
        if (type.endsWith("STRING")) {
            return text();
        }
        if (type.endsWith("RECORDS")) {
            return MemoryRecords.readableRecords(ByteBuffer.wrap(records()));
        }
        if (type.endsWith("BYTES")) {
            return ByteBuffer.wrap(bytes(random.nextInt(40)));
        }
        return switch (type) {
            case "BOOLEAN" -> random.nextBoolean();
            case "INT8" -> (byte) integer();
            case "INT16" -> (short) integer();
            case "UINT16" -> integer() & 0xffff;
            case "INT32", "VARINT" -> integer();
            case "UINT32", "INT64", "VARLONG" ->
                    random.nextInt(10) == 0 ? random.nextLong() : (long) integer();
            case "FLOAT64" -> random.nextDouble();
            case "UUID" -> ids.get(random.nextInt(ids.size()));
            default -> throw new IllegalStateException("a field of type " + type);
        };
    }

    private int integer() {
        return random.nextInt(12) == 0
                ? EDGES[random.nextInt(EDGES.length)]
                : INTS[random.nextInt(INTS.length)];
    }

    private String text() {
        return random.nextInt(30) == 0
                ? "x".repeat(random.nextInt(400))
                : NAMES.get(random.nextInt(NAMES.size()));
    }

    private byte[] bytes(int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    private byte[] records() {
        RecordBatch.Builder builder = RecordBatch.builder();
        for (int i = random.nextInt(1, 4); i > 0; i--) {
            builder.add(LogRecord.of(random.nextBoolean() ? "k" : null, "v"));
        }
        ByteBuffer batch = builder.build().buffer();
        byte[] bytes = new byte[batch.remaining()];
        batch.get(bytes);
        return random.nextInt(3) == 0 ? mutated(bytes) : bytes;
    }

    /** The bytes, with some of them changed, missing, or added. */
    byte[] mutated(byte[] good) {
        byte[] bad = good.clone();
        for (int i = random.nextInt(1, 4); i > 0 && bad.length > 4; i--) {
            int at = random.nextInt(bad.length - 3);
            switch (random.nextInt(5)) {
                case 0 -> bad[at] ^= (byte) (1 << random.nextInt(8));
                case 1 -> bad[at] = (byte) random.nextInt();
                case 2 -> ByteBuffer.wrap(bad).putInt(at, EDGES[random.nextInt(EDGES.length)]);
                case 3 -> bad = Arrays.copyOf(bad, random.nextInt(bad.length));
                default -> bad = Arrays.copyOf(bad, bad.length + random.nextInt(9));
            }
        }
        return bad;
    }

    byte[] garbage() {
        return bytes(random.nextInt(1, 200));
    }

    int nextInt(int bound) {
        return random.nextInt(bound);
    }
}
