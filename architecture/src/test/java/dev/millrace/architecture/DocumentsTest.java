package dev.millrace.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** What the documents say exists, exists. */
class DocumentsTest {
    private static final Pattern FENCED = Pattern.compile("(?ms)^ *```.*?^ *```");
    private static final Pattern CODE = Pattern.compile("`([^`\n]+)`");
    private static final Pattern LINK = Pattern.compile("\\[[^\\]\n]*\\]\\(([^)\\s]+)\\)");
    private static final Pattern HEADING = Pattern.compile("(?m)^#{1,6} +(.+)$");

    /**
     * A type, perhaps with its package, a member, arguments: {@code dev.x.Outer.Inner.member(…)}.
     */
    private static final Pattern TYPE =
            Pattern.compile(
                    "@?([a-z][\\w.]*\\.)?"
                            + "((?=\\w*[a-z])[A-Z][A-Za-z0-9]*(\\.(?=\\w*[a-z])[A-Z][A-Za-z0-9]*)*)"
                            + "([.#]\\w+)?(\\(.*\\))?");

    private static final List<Path> DOCUMENTS = Repository.documents();

    @Test
    void documentsAreFound() {
        assertThat(DOCUMENTS).extracting(Repository::name).contains("CONTRIBUTING.md");
    }

    @Test
    void namedTypesExist() {
        Set<String> known = knownTypes();
        List<String> missing = new ArrayList<>();
        for (Path document : DOCUMENTS) {
            for (MatchResult code : find(CODE, prose(document))) {
                var type = TYPE.matcher(code.group(1));
                if (type.matches() && !known.contains(type.group(2))) {
                    missing.add(Repository.name(document) + ": `" + code.group(1) + "`");
                }
            }
        }
        assertThat(missing)
                .as("types that are neither in the sources nor in known-types.txt")
                .isEmpty();
    }

    @Test
    void linksLeadSomewhere() {
        List<String> broken = new ArrayList<>();
        for (Path document : DOCUMENTS) {
            for (MatchResult link : find(LINK, prose(document))) {
                String target = link.group(1);
                if (!target.matches("[a-z]+:.*") && !leadsSomewhere(document, target)) {
                    broken.add(Repository.name(document) + ": " + target);
                }
            }
        }
        assertThat(broken).isEmpty();
    }

    @Test
    void everyDependencyHasItsReason() {
        String reasons =
                Repository.text(Repository.root().resolve("docs/decisions/0002-dependencies.md"));
        String managed =
                Repository.text(Repository.root().resolve("pom.xml"))
                        .replaceAll("(?s).*<dependencyManagement>|</dependencyManagement>.*", "")
                        .replaceAll("(?s)<exclusions>.*?</exclusions>", "");
        List<String> unexplained =
                find(Pattern.compile("<artifactId>([^<]+)</artifactId>"), managed).stream()
                        .map(artifact -> artifact.group(1))
                        .filter(artifact -> !artifact.startsWith("millrace-"))
                        .filter(artifact -> !reasons.contains("`" + artifact + "`"))
                        .toList();
        assertThat(unexplained).as("dependencies without a row in the table").isEmpty();
    }

    /** Simple and qualified names of our types, and those that known-types.txt lists. */
    private static Set<String> knownTypes() {
        Set<String> known = new HashSet<>();
        for (JavaSource source : JavaSource.parse(Repository.javaSources())) {
            for (String type : source.types()) {
                known.add(type);
                known.add(type.substring(type.lastIndexOf('.') + 1));
            }
        }
        Path list = Repository.root().resolve("architecture/src/test/resources/known-types.txt");
        Repository.text(list)
                .lines()
                .filter(line -> !line.isBlank() && !line.startsWith("#"))
                .forEach(known::add);
        return known;
    }

    private static boolean leadsSomewhere(Path document, String target) {
        int hash = target.indexOf('#');
        String path = hash < 0 ? target : target.substring(0, hash);
        Path file = path.isEmpty() ? document : document.resolveSibling(path).normalize();
        if (!Files.exists(file)) {
            return false;
        }
        return hash < 0 || anchors(file).contains(target.substring(hash + 1));
    }

    /** The names that a Markdown page gives to its headings. */
    private static Set<String> anchors(Path document) {
        return find(HEADING, prose(document)).stream()
                .map(heading -> heading.group(1).trim().toLowerCase(Locale.ROOT))
                .map(text -> text.replaceAll("[^\\p{L}\\p{N} _-]", "").replace(' ', '-'))
                .collect(Collectors.toSet());
    }

    private static String prose(Path document) {
        return FENCED.matcher(Repository.text(document)).replaceAll("");
    }

    private static List<MatchResult> find(Pattern pattern, String text) {
        return pattern.matcher(text).results().toList();
    }
}
