package dev.millrace.benchmarks;

import dev.millrace.cli.bench.Values;
import dev.millrace.log.RecordBatch;
import dev.millrace.log.internal.BatchChecksum;
import dev.millrace.log.internal.RecordDecoder;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/// The innermost work of the log: nanoseconds for each record of 100 bytes, in batches of 1,000
/// that are not compressed.
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@OperationsPerInvocation(RecordBatchBenchmark.RECORDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class RecordBatchBenchmark {
    static final int RECORDS = 1000;

    private final RecordBatch.Builder builder = RecordBatch.builder();
    private final RecordDecoder decoder = new RecordDecoder();
    private final BatchChecksum checksum = new BatchChecksum();
    private Values values;
    private ByteBuffer batch;
    private long next;

    /// Makes the values, and a batch in direct memory, as a mapped segment has them.
    @Setup
    public void make() {
        values = new Values(1);
        ByteBuffer encoded = encode().buffer();
        batch = ByteBuffer.allocateDirect(encoded.remaining()).put(encoded).flip();
    }

    /// Builds a batch, its CRC included.
    @Benchmark
    public RecordBatch encode() {
        for (int i = 0; i < RECORDS; i++) {
            builder.add(1_000_000 + i, null, values.get(next++));
        }
        return builder.build();
    }

    /// Walks a batch in place and looks at each value.
    @Benchmark
    public long decode() {
        long sum = 0;
        decoder.batch(batch, 0);
        while (decoder.next()) {
            ByteBuffer value = decoder.value();
            sum += value == null ? 0 : value.getLong(value.position());
        }
        return sum;
    }

    /// Computes a batch's CRC.
    @Benchmark
    public int crc() {
        return checksum.of(batch, 0);
    }
}
