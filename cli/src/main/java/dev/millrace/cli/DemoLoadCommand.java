package dev.millrace.cli;

import dev.millrace.cli.console.Console;
import dev.millrace.cli.demo.ChildLoad;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// The process that `millrace demo` starts and kills. It speaks to its parent, not to people.
@Command(name = "demo-load", hidden = true, description = "The process that the demo kills.")
final class DemoLoadCommand implements Callable<Integer> {
    private final Console console;

    @Option(names = "--flush-every", required = true, description = "See LoadPlan.")
    private long flushEvery;

    @Option(names = "--hold-at", required = true, description = "See LoadPlan.")
    private long holdAt;

    @Mixin private DemoInputOptions input = new DemoInputOptions();

    DemoLoadCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws IOException {
        ChildLoad.run(input.options(), flushEvery, holdAt, console.in(), console.out());
        return 0;
    }
}
