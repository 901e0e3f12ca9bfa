package dev.millrace.cli;

import dev.millrace.cli.console.Console;
import dev.millrace.cli.console.Json;
import dev.millrace.cli.demo.Demo;
import dev.millrace.cli.demo.DemoReport;
import dev.millrace.cli.demo.Narrator;
import dev.millrace.cli.demo.Storyteller;
import java.io.IOException;
import java.util.concurrent.Callable;
import java.util.logging.Level;
import java.util.logging.Logger;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// `millrace demo`.
@Command(
        name = "demo",
        description =
                "Load events durably in a process that is killed in the middle, prove that nothing"
                        + " acknowledged is lost, finish, and read all of it back.")
final class DemoCommand implements Callable<Integer> {
    private static final Logger LOG = Logger.getLogger("dev.millrace.log");

    private final Console console;

    @Mixin private DemoInputOptions input = new DemoInputOptions();
    @Mixin private JsonOption output = new JsonOption();

    DemoCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws IOException {
        LOG.setLevel(Level.OFF); // the report has all that recovery would say
        Narrator narrator = output.json() ? Narrator.SILENT : new Storyteller(console);
        DemoReport report = new Demo(input.options(), console, narrator).run();
        if (output.json()) {
            try (Json json = Json.array(console)) {
                json.object(report::write);
            }
        }
        return report.proven() ? 0 : 1;
    }
}
