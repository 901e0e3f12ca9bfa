package dev.millrace.cli;

import dev.millrace.cli.console.Console;
import dev.millrace.cli.console.Figures;
import dev.millrace.cli.console.Json;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// `millrace version`.
@Command(name = "version", description = "Show the versions of Millrace, Java and machine.")
final class VersionCommand implements Callable<Integer> {
    private final Console console;

    @Mixin private JsonOption output = new JsonOption();

    VersionCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        String packaged = VersionCommand.class.getPackage().getImplementationVersion();
        String version = packaged == null ? "unpackaged" : packaged;
        Runtime runtime = Runtime.getRuntime();
        int cpus = runtime.availableProcessors();
        if (output.json()) {
            try (Json json = Json.array(console)) {
                json.object(
                        to -> {
                            to.writeStringField("millrace", version);
                            to.writeStringField("java", Runtime.version().toString());
                            to.writeStringField("vendor", System.getProperty("java.vendor", ""));
                            to.writeStringField("os", System.getProperty("os.name", ""));
                            to.writeStringField("osVersion", System.getProperty("os.version", ""));
                            to.writeStringField("arch", System.getProperty("os.arch", ""));
                            to.writeNumberField("cpus", cpus);
                            to.writeNumberField("maxHeapBytes", runtime.maxMemory());
                        });
            }
            return 0;
        }
        console.line("millrace  " + version);
        console.line(
                "java      %s, %s"
                        .formatted(Runtime.version(), System.getProperty("java.vendor", "")));
        console.line(
                "machine   %s %s, %s, %s, heap up to %s"
                        .formatted(
                                System.getProperty("os.name", ""),
                                System.getProperty("os.version", ""),
                                System.getProperty("os.arch", ""),
                                Figures.count(cpus, "CPU"),
                                Figures.bytes(runtime.maxMemory())));
        return 0;
    }
}
