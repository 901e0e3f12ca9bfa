package dev.millrace.cli;

import dev.millrace.cli.console.Console;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// The command as tests call it: in this process through its entry point, or as a process.
final class Millrace {
    private Millrace() {}

    /// What a command did.
    record Result(int code, String out, String err) {}

    static Result run(Object... arguments) {
        return withInput("", false, arguments);
    }

    static Result withInput(String input, boolean terminal, Object... arguments) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        Console console =
                new Console(
                        new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)),
                        out,
                        new PrintStream(err, true, StandardCharsets.UTF_8),
                        terminal);
        int code = Main.run(console, strings(arguments).toArray(String[]::new));
        return new Result(
                code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }

    /// A process that runs the command on this process's class path.
    static ProcessBuilder process(Object... arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("--enable-native-access=ALL-UNNAMED");
        command.add("--sun-misc-unsafe-memory-access=allow");
        command.add("-cp");
        command.add(System.getProperty("java.class.path"));
        command.add(Main.class.getName());
        command.addAll(strings(arguments));
        return new ProcessBuilder(command);
    }

    /// Runs a command through the shell, where `millrace` is the command: pipes work.
    static Result shell(Path folder, String script) throws IOException, InterruptedException {
        List<String> command = process().command();
        String quoted =
                command.stream().map(word -> "'" + word + "'").reduce((a, b) -> a + " " + b).get();
        File err = File.createTempFile("millrace", ".err");
        try {
            Process process =
                    new ProcessBuilder(
                                    "sh", "-c", "millrace() { " + quoted + " \"$@\"; }\n" + script)
                            .directory(folder.toFile())
                            .redirectError(err)
                            .start();
            String out =
                    new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            int code = process.waitFor();
            return new Result(code, out, java.nio.file.Files.readString(err.toPath()));
        } finally {
            err.delete();
        }
    }

    private static List<String> strings(Object... arguments) {
        List<String> strings = new ArrayList<>();
        for (Object argument : arguments) {
            strings.add(argument.toString());
        }
        return strings;
    }
}
