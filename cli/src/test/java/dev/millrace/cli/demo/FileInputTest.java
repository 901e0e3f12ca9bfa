package dev.millrace.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileInputTest {
    @TempDir Path folder;

    private static List<String> read(Path file) throws IOException {
        List<String> lines = new ArrayList<>();
        new FileInput(List.of(file))
                .forEach(line -> lines.add(new String(line.copy(), StandardCharsets.UTF_8)));
        return lines;
    }

    @Test
    void leavesBlankLinesOut() throws IOException {
        Path file = Files.writeString(folder.resolve("a.json"), "\n{}\r\n  \n{\"b\":1}");
        assertThat(read(file)).containsExactly("{}", "{\"b\":1}");
    }

    @Test
    void refusesWhatItCannotRead() throws IOException {
        assertThatThrownBy(() -> read(folder.resolve("none.json")))
                .hasMessageContaining("there is no file");
        Path csv = Files.writeString(folder.resolve("a.csv"), "a,b");
        assertThatThrownBy(() -> read(csv)).hasMessageContaining(".ndjson and .jsonl");
        Path array = Files.writeString(folder.resolve("a.json"), "\n[\n{}\n]\n");
        assertThatThrownBy(() -> read(array))
                .hasMessageContaining(array + ":2: the file is one JSON array")
                .hasMessageContaining("jq -c");
        Path fake = Files.writeString(folder.resolve("fake.gz"), "no gzip");
        assertThatThrownBy(() -> read(fake)).hasMessageContaining(fake + " cannot be unpacked");
        Path fakeZip = Files.writeString(folder.resolve("fake.zip"), "no zip at all");
        assertThatThrownBy(() -> read(fakeZip)).hasMessageContaining("cannot be unpacked");
        Path empty = folder.resolve("empty.zip");
        try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(empty))) {
            out.putNextEntry(new ZipEntry("letter.txt"));
        }
        assertThatThrownBy(() -> read(empty)).hasMessageContaining("holds no .json");
    }

    @Test
    void endsTheUnpackingOfABomb() throws IOException {
        Path bomb = folder.resolve("bomb.json.gz");
        byte[] blanks = new byte[1 << 20];
        blanks[blanks.length - 1] = '\n';
        try (OutputStream out =
                new GZIPOutputStream(Files.newOutputStream(bomb)) {
                    {
                        def.setLevel(Deflater.BEST_COMPRESSION);
                    }
                }) {
            for (int i = 0; i < 300; i++) {
                out.write(blanks);
            }
        }
        assertThatThrownBy(() -> read(bomb))
                .hasMessageContaining("unpacks to more than 300 times its size");
    }
}
