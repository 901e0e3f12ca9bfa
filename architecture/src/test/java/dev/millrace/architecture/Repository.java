package dev.millrace.architecture;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The files of this checkout. */
final class Repository {
    private static final Pattern MODULE = Pattern.compile("<module>([^<]+)</module>");

    private Repository() {}

    static Path root() {
        String root = System.getProperty("millrace.root");
        // Unset in an IDE, which starts tests in the module's folder.
        return Path.of(root == null ? ".." : root).toAbsolutePath().normalize();
    }

    static List<String> modules() {
        return MODULE.matcher(text(root().resolve("pom.xml")))
                .results()
                .map(m -> m.group(1))
                .toList();
    }

    /** Every Java file below a module's {@code src}. */
    static List<Path> javaSources() {
        return modules().stream()
                .map(module -> root().resolve(module).resolve("src"))
                .flatMap(src -> filesBelow(src, ".java").stream())
                .toList();
    }

    /** Every Markdown file at the root, at a module's root, and below {@code docs}. */
    static List<Path> documents() {
        Stream<Path> folders =
                Stream.concat(Stream.of(root()), modules().stream().map(root()::resolve));
        Stream<Path> beside = folders.flatMap(folder -> filesIn(folder, ".md").stream());
        return Stream.concat(beside, filesBelow(root().resolve("docs"), ".md").stream()).toList();
    }

    static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The path as a message should show it. */
    static String name(Path file) {
        return root().relativize(file).toString();
    }

    private static List<Path> filesIn(Path folder, String suffix) {
        return files(folder, suffix, 1);
    }

    private static List<Path> filesBelow(Path folder, String suffix) {
        return files(folder, suffix, Integer.MAX_VALUE);
    }

    private static List<Path> files(Path folder, String suffix, int depth) {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> files = Files.walk(folder, depth)) {
            return files.filter(f -> f.toString().endsWith(suffix)).sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
