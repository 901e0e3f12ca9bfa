package dev.millrace.cli.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.cli.console.CommandException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class LinesTest {
    private static List<String> read(InputStream in) throws IOException {
        List<String> read = new ArrayList<>();
        Lines lines = new Lines(in, "f");
        Line line = new Line();
        while (lines.next(line)) {
            read.add(new String(line.copy(), StandardCharsets.UTF_8));
            assertThat(line.place()).isEqualTo("f:" + read.size());
        }
        return read;
    }

    private static InputStream stream(String text) {
        return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void newlinesEndLines() throws IOException {
        assertThat(read(stream(""))).isEmpty();
        assertThat(read(stream("a"))).containsExactly("a");
        assertThat(read(stream("a\n"))).containsExactly("a");
        assertThat(read(stream("a\r\nb\r\n\r\nc\rd"))).containsExactly("a", "b", "", "c\rd");
        assertThat(read(stream("\n\n"))).containsExactly("", "");
        assertThat(read(stream("é\n✓"))).containsExactly("é", "✓");
    }

    @Test
    void linesLongerThanTheBufferAndReadInPieces() throws IOException {
        Random random = new Random(5);
        List<String> expected = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            expected.add("x".repeat(random.nextInt(i % 20 == 0 ? 700_000 : 3_000)));
        }
        InputStream whole = stream(String.join("\n", expected) + "\n");
        InputStream inPieces =
                new InputStream() {
                    @Override
                    public int read() throws IOException {
                        return whole.read();
                    }

                    @Override
                    public int read(byte[] bytes, int offset, int length) throws IOException {
                        return whole.read(
                                bytes, offset, Math.min(length, 1 + random.nextInt(9_000)));
                    }
                };
        assertThat(read(inPieces)).isEqualTo(expected);
    }

    @Test
    void aLineWithoutEndIsRefusedBeforeItFillsTheMemory() {
        InputStream endless =
                new InputStream() {
                    @Override
                    public int read() {
                        return 'x';
                    }

                    @Override
                    public int read(byte[] bytes, int offset, int length) {
                        java.util.Arrays.fill(bytes, offset, offset + length, (byte) 'x');
                        return length;
                    }
                };
        assertThatThrownBy(() -> read(endless))
                .isInstanceOf(CommandException.class)
                .hasMessageContaining("f:1: the line is longer than 16.8 MB");
    }

    @Test
    void tellsWhenItWouldWait() throws IOException {
        int[] waits = new int[1];
        Lines lines = new Lines(stream("a\nb"), "f", () -> waits[0]++);
        Line line = new Line();
        assertThat(lines.next(line)).isTrue();
        assertThat(waits[0]).isZero();
        assertThat(lines.next(line)).isTrue();
        assertThat(waits[0]).isEqualTo(1);
    }
}
