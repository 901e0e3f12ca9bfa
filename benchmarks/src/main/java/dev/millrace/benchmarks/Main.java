package dev.millrace.benchmarks;

import dev.millrace.cli.bench.BenchCommand;
import picocli.CommandLine;

/// `./build bench`.
public final class Main {
    private Main() {}

    public static void main(String[] args) {
        System.exit(
                new CommandLine(new BenchCommand(dev.millrace.cli.console.Console.ofProcess()))
                        .execute(args));
    }
}
