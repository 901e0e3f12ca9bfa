package dev.millrace.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.cli.console.Console;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;

/// What the documents say about the command is so, and they say all of it.
class CommandLineDocumentTest {
    private static final Path ROOT = Path.of(System.getProperty("millrace.root", ".."));
    private static final Pattern BLOCK = Pattern.compile("(?ms)^ *```(sh|console)\\n(.*?)^ *```");
    private static final Pattern CALL = Pattern.compile("(?:^|[|;&] *|\\$ )(?:\\./)?millrace (.*)");

    private static CommandLine model() {
        Console console =
                new Console(
                        InputStream.nullInputStream(),
                        OutputStream.nullOutputStream(),
                        new PrintStream(OutputStream.nullOutputStream()),
                        false);
        return Main.commandLine(console, new Failures(console, false));
    }

    private static List<CommandSpec> verbs(CommandSpec spec) {
        List<CommandSpec> verbs = new ArrayList<>();
        for (CommandLine sub : spec.subcommands().values()) {
            CommandSpec below = sub.getCommandSpec();
            if (!below.usageMessage().hidden()) {
                if (below.subcommands().isEmpty()) {
                    verbs.add(below);
                }
                verbs.addAll(verbs(below));
            }
        }
        return verbs;
    }

    @Test
    void everyCommandAndOptionIsInTheReference() throws IOException {
        String page = Files.readString(ROOT.resolve("docs/reference/command-line.md"));
        List<String> missing = new ArrayList<>();
        List<CommandSpec> verbs = verbs(model().getCommandSpec());
        assertThat(verbs).hasSizeGreaterThanOrEqualTo(10);
        for (CommandSpec verb : verbs) {
            String title = verb.qualifiedName().substring("millrace ".length());
            int from = page.indexOf("\n" + (title.contains(" ") ? "### " : "## ") + title + "\n");
            if (from < 0) {
                missing.add(title);
                continue;
            }
            int to = page.indexOf("\n## ", from + 1);
            int next = page.indexOf("\n### ", from + 1);
            to = to < 0 ? page.length() : to;
            to = next < 0 ? to : Math.min(to, next);
            String section =
                    page.substring(from, to) + page.substring(0, page.indexOf("\n## topic"));
            for (OptionSpec option : verb.options()) {
                if (!section.contains("`" + option.longestName())) {
                    missing.add(title + " " + option.longestName());
                }
            }
        }
        assertThat(missing).isEmpty();
    }

    @Test
    void everyCallInTheDocumentsIsUnderstood() throws IOException {
        List<String> refused = new ArrayList<>();
        int calls = 0;
        for (Path document : documents()) {
            for (String call : calls(Files.readString(document))) {
                calls++;
                try {
                    model().parseArgs(call.split(" +"));
                } catch (ParameterException e) {
                    refused.add(ROOT.relativize(document) + ": " + call + ": " + e.getMessage());
                }
            }
        }
        assertThat(refused).isEmpty();
        assertThat(calls).isGreaterThan(15);
    }

    private static List<Path> documents() throws IOException {
        List<Path> documents = new ArrayList<>();
        for (Path folder : List.of(ROOT, ROOT.resolve("docs"))) {
            int depth = folder.equals(ROOT) ? 1 : 3;
            try (Stream<Path> files = Files.walk(folder, depth)) {
                files.filter(file -> file.toString().endsWith(".md")).forEach(documents::add);
            }
        }
        return documents;
    }

    /// The arguments of every call, up to a pipe or whatever ends a command in the shell.
    private static List<String> calls(String document) {
        List<String> calls = new ArrayList<>();
        BLOCK.matcher(document)
                .results()
                .flatMap(block -> block.group(2).lines())
                .map(String::strip)
                .forEach(
                        line -> {
                            var call = CALL.matcher(line);
                            while (call.find()) {
                                String rest = call.group(1);
                                String arguments = rest.split(" *([|;&<>#]|2>).*", 2)[0];
                                if (!arguments.contains("…") && !arguments.contains("[")) {
                                    calls.add(arguments.strip());
                                }
                                call.region(call.start(1) + arguments.length(), line.length());
                            }
                        });
        return calls;
    }
}
