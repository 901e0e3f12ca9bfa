package dev.millrace.server.internal.config;

import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/// Reads a YAML file as keys with values. Keys may be nested, dotted, or both: `log:` with
/// `min-free-bytes: 5` below it is the same as `log.min-free-bytes: 5`.
public final class YamlKeys {
    private final String file;
    private final List<Line> lines = new ArrayList<>();
    private final List<String> problems = new ArrayList<>();

    private YamlKeys(String file) {
        this.file = file;
    }

    /// A key that stands in the file.
    ///
    /// @param key dotted
    /// @param value as it is written
    /// @param place `millrace.yaml, line 3`
    public record Line(String key, String value, String place) {}

    /// Reads a file. What is wrong in it does not keep the rest from being read.
    public static YamlKeys read(Path file) throws IOException {
        YamlKeys keys = new YamlKeys(file.toString());
        LoadSettings settings = LoadSettings.builder().setLabel(file.toString()).build();
        try (Reader reader = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
            Optional<Node> root = new Compose(settings).composeReader(reader);
            root.ifPresent(node -> keys.add("", node));
        } catch (MarkedYamlEngineException e) {
            keys.problems.add(keys.place(e.getProblemMark()) + ": " + e.getProblem());
        } catch (YamlEngineException e) {
            keys.problems.add(file + ": " + e.getMessage());
        }
        return keys;
    }

    /// What stands there, in the order of the file.
    public List<Line> lines() {
        return lines;
    }

    /// What is wrong, each with its place.
    public List<String> problems() {
        return problems;
    }

    private void add(String key, Node node) {
        switch (node) {
            case MappingNode mapping -> {
                for (NodeTuple entry : mapping.getValue()) {
                    if (entry.getKeyNode() instanceof ScalarNode name) {
                        String below =
                                key.isEmpty() ? name.getValue() : key + "." + name.getValue();
                        add(below, entry.getValueNode());
                    } else {
                        problems.add(place(entry.getKeyNode()) + ": a key must be a word");
                    }
                }
            }
            case ScalarNode empty when empty.getTag().equals(Tag.NULL) -> {
                if (!key.isEmpty()) {
                    problems.add(place(node) + ": " + key + " has no value");
                }
            }
            case ScalarNode scalar when !key.isEmpty() ->
                    lines.add(new Line(key, scalar.getValue(), place(node)));
            default ->
                    problems.add(
                            place(node)
                                    + (key.isEmpty()
                                            ? ": keys with values are expected"
                                            : ": " + key + " must have one value, not a list"));
        }
    }

    private String place(Node node) {
        return place(node.getStartMark());
    }

    private String place(Optional<Mark> mark) {
        return mark.map(at -> "%s, line %d".formatted(file, at.getLine() + 1)).orElse(file);
    }
}
