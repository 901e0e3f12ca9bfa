package dev.millrace.log.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.stream.LongStream;
import org.apache.kafka.common.utils.ByteUtils;
import org.junit.jupiter.api.Test;

class VarintsTest {
    /// Around every power of two, of both signs.
    private static LongStream edges() {
        return LongStream.rangeClosed(0, 63)
                .map(shift -> 1L << shift)
                .flatMap(power -> LongStream.of(power - 1, power, power + 1, -power, -power - 1));
    }

    @Test
    void longsAreWrittenAsKafkaWritesThem() {
        edges().forEach(
                        value -> {
                            ByteBuffer kafkas = ByteBuffer.allocate(10);
                            ByteUtils.writeVarlong(value, kafkas);
                            byte[] ours = new byte[10];
                            int end = Varints.write(ours, 0, Varints.zigzag(value));
                            assertThat(Arrays.copyOf(ours, end))
                                    .as("%d", value)
                                    .isEqualTo(Arrays.copyOf(kafkas.array(), kafkas.position()));
                            assertThat(Varints.size(Varints.zigzag(value))).isEqualTo(end);
                            assertThat(Varints.unzigzag(Varints.zigzag(value))).isEqualTo(value);
                        });
    }

    @Test
    void intsAreWrittenAsKafkaWritesThem() {
        edges().mapToInt(value -> (int) value)
                .forEach(
                        value -> {
                            ByteBuffer kafkas = ByteBuffer.allocate(5);
                            ByteUtils.writeVarint(value, kafkas);
                            byte[] ours = new byte[5];
                            int end = Varints.write(ours, 0, Varints.zigzag(value));
                            assertThat(Arrays.copyOf(ours, end))
                                    .as("%d", value)
                                    .isEqualTo(Arrays.copyOf(kafkas.array(), kafkas.position()));
                            assertThat(Varints.size(Varints.zigzag(value))).isEqualTo(end);
                            assertThat(Varints.unzigzag(Varints.zigzag(value))).isEqualTo(value);
                        });
    }
}
