package dev.millrace.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// The part of a document that a program writes: between two lines that are comments of Markdown.
final class GeneratedSection {
    private final Path document;
    private final String begin;
    private final String end;

    GeneratedSection(Path document, String area) {
        this.document = document;
        this.begin = "<!-- generated: bench " + area + " -->";
        this.end = "<!-- end of generated: bench " + area + " -->";
    }

    /// Replaces what stands between the marks.
    ///
    /// @throws IOException also where the document does not have the marks
    void replace(List<String> lines) throws IOException {
        List<String> before = Files.readAllLines(document);
        int first = before.indexOf(begin);
        int last = before.indexOf(end);
        if (first < 0 || last < first) {
            throw new IOException("%s has no lines '%s' and '%s'".formatted(document, begin, end));
        }
        List<String> after = new ArrayList<>(before.subList(0, first + 1));
        after.add("");
        after.addAll(lines);
        after.add("");
        after.addAll(before.subList(last, before.size()));
        Files.write(document, after);
    }
}
