package dev.millrace.log;

import java.util.Locale;

/// How the records of a batch are compressed; the numbers are Kafka's.
public enum Compression {
    NONE(0),
    GZIP(1),
    SNAPPY(2),
    LZ4(3),
    ZSTD(4);

    private final int id;

    Compression(int id) {
        this.id = id;
    }

    /// The number in the three low bits of a batch's attributes.
    public int id() {
        return id;
    }

    /// The codec of that number.
    ///
    /// @throws IllegalArgumentException where there is none
    public static Compression of(int id) {
        for (Compression codec : values()) {
            if (codec.id == id) {
                return codec;
            }
        }
        throw new IllegalArgumentException("there is no codec " + id);
    }

    /// The name in configuration: `none`, `gzip`, `snappy`, `lz4`, `zstd`.
    public String key() {
        return name().toLowerCase(Locale.ROOT);
    }
}
