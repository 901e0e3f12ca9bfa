package dev.millrace.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Keeps the sources short, finished and named after what they do. */
class TidyTest {
    private static final int FILE_LINES = 600;
    private static final int METHOD_LINES = 60;
    private static final Pattern UNFINISHED = Pattern.compile("\\b(TO" + "DO|FIX" + "ME)\\b");
    private static final Pattern VAGUE = Pattern.compile(".*(Manager|Helper|Utils?)");

    private static final List<Path> FILES = Repository.javaSources();
    private static final List<JavaSource> SOURCES = JavaSource.parse(FILES);

    @Test
    void everySourceIsRead() {
        assertThat(SOURCES).hasSameSizeAs(FILES).hasSizeGreaterThan(5);
    }

    @Test
    void filesAreShort() {
        List<String> long_ =
                FILES.stream()
                        .filter(file -> Repository.text(file).lines().count() > FILE_LINES)
                        .map(file -> Repository.name(file) + ": more than 600 lines, split it")
                        .toList();
        assertThat(long_).isEmpty();
    }

    @Test
    void methodsAreShort() {
        List<String> violations = new ArrayList<>();
        for (JavaSource source : SOURCES) {
            for (JavaSource.Block block : source.blocks()) {
                if (block.lines() > METHOD_LINES) {
                    violations.add(
                            "%s:%d: %s has %d lines, at most %d"
                                    .formatted(
                                            Repository.name(source.file()),
                                            block.line(),
                                            block.name(),
                                            block.lines(),
                                            METHOD_LINES));
                }
            }
        }
        assertThat(violations).isEmpty();
    }

    @Test
    void nothingIsLeftUnfinished() {
        assertThat(linesThat(line -> UNFINISHED.matcher(line).find())).isEmpty();
    }

    @Test
    void linesHoldNoTabs() {
        assertThat(linesThat(line -> line.indexOf('\t') >= 0)).isEmpty();
    }

    @Test
    void typesAreNamedAfterWhatTheyDo() {
        List<String> vague =
                SOURCES.stream()
                        .flatMap(source -> source.types().stream())
                        .filter(type -> VAGUE.matcher(type).matches())
                        .toList();
        assertThat(vague).as("managers, helpers and utils").isEmpty();
    }

    /** NullAway checks marked packages only: a package without the mark would pass unseen. */
    @Test
    void everyMainPackageIsNullMarked() {
        List<String> unmarked =
                FILES.stream()
                        .filter(file -> file.toString().contains("/src/main/java/"))
                        .map(Path::getParent)
                        .distinct()
                        .filter(folder -> !isNullMarked(folder.resolve("package-info.java")))
                        .map(Repository::name)
                        .toList();
        assertThat(unmarked).as("packages without a @NullMarked package-info.java").isEmpty();
    }

    /** Versions live in the root POM, in one place. */
    @Test
    void moduleBuildFilesNameNoVersion() {
        Pattern version = Pattern.compile("<version>[0-9][^<]*</version>");
        Stream<Path> poms =
                Repository.modules().stream().map(m -> Repository.root().resolve(m + "/pom.xml"));
        assertThat(poms)
                .allSatisfy(
                        pom ->
                                assertThat(version.matcher(Repository.text(pom)).results().count())
                                        .as("versions in %s beside the parent's", pom)
                                        .isEqualTo(1));
    }

    private static boolean isNullMarked(Path packageInfo) {
        return Files.exists(packageInfo) && Repository.text(packageInfo).contains("@NullMarked");
    }

    private static List<String> linesThat(Predicate<String> violate) {
        List<String> violations = new ArrayList<>();
        for (Path file : FILES) {
            List<String> lines = Repository.text(file).lines().toList();
            for (int i = 0; i < lines.size(); i++) {
                if (violate.test(lines.get(i))) {
                    violations.add(Repository.name(file) + ":" + (i + 1) + ": " + lines.get(i));
                }
            }
        }
        return violations;
    }
}
