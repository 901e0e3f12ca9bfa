package dev.millrace.cli.bench;

import dev.millrace.cli.demo.DemoInput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Where a case has its values from.
interface CaseInput {

    /// Reads or makes them.
    Values values() throws IOException;

    /// Why there are none, in words; null where there are.
    default @Nullable String missing() {
        return null;
    }

    /// The lines of an input, as many as `mostBytes` hold.
    static Values lines(DemoInput input, long mostBytes) throws IOException {
        List<byte[]> lines = new ArrayList<>();
        long[] bytes = new long[1];
        input.forEach(
                line -> {
                    byte[] copy = line.copy();
                    bytes[0] += copy.length;
                    if (bytes[0] <= mostBytes) {
                        lines.add(copy);
                    }
                });
        if (lines.isEmpty()) {
            throw new IOException("there is no event in " + input.describe());
        }
        return Values.of(lines);
    }
}
