package dev.millrace.cli;

import dev.millrace.cli.bench.BenchCommand;
import dev.millrace.cli.console.Console;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/// The `millrace` command.
@Command(
        name = "millrace",
        description = "The event engine for the JVM.",
        sortOptions = false,
        synopsisSubcommandLabel = "NOUN VERB",
        footer = {
            "",
            "Start with:  millrace demo",
            "Exit codes:  0 done, 1 the work failed, 2 wrong usage"
        })
public final class Main {
    @SuppressWarnings("unused") // picocli reads it
    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            scope = ScopeType.INHERIT,
            description = "Print this help.")
    private boolean help;

    private Main() {}

    public static void main(String[] args) {
        logOnOneLine();
        System.exit(run(Console.ofProcess(), args));
    }

    /// Runs one command.
    ///
    /// @return the exit code: 0 done, 1 the work failed, 2 wrong usage
    public static int run(Console console, String... args) {
        Failures failures = new Failures(console, List.of(args).contains(JsonOption.NAME));
        return failures.guard(
                () -> {
                    int code = commandLine(console, failures).execute(args);
                    console.flush();
                    return code;
                });
    }

    /// Every command there is. A new one is added here.
    static CommandLine commandLine(Console console, Failures failures) {
        CommandLine config =
                noun("config", "Show and check the configuration.")
                        .addSubcommand(new ConfigShowCommand(console))
                        .addSubcommand(new ConfigCheckCommand(console));
        CommandLine topic =
                noun("topic", "Create, list, describe, alter and delete topics.")
                        .addSubcommand(new TopicCreateCommand(console))
                        .addSubcommand(new TopicListCommand(console))
                        .addSubcommand(new TopicDescribeCommand(console))
                        .addSubcommand(new TopicAlterCommand(console))
                        .addSubcommand(new TopicAddPartitionsCommand(console))
                        .addSubcommand(new TopicDeleteRecordsCommand(console))
                        .addSubcommand(new TopicDeleteCommand(console));
        CommandLine log =
                noun("log", "Check a log, and look into its files.")
                        .addSubcommand(new LogVerifyCommand(console))
                        .addSubcommand(new LogCleanCommand(console))
                        .addSubcommand(new LogMetricsCommand(console))
                        .addSubcommand(new LogDumpCommand(console));
        CommandLine view =
                noun("view", "Count with a view; list and delete what is stored of views.")
                        .addSubcommand(new ViewCountCommand(console))
                        .addSubcommand(new ViewListCommand(console))
                        .addSubcommand(new ViewDeleteCommand(console));
        CommandLine group =
                noun("group", "List, describe, reset and delete consumer groups.")
                        .addSubcommand(new GroupListCommand(console))
                        .addSubcommand(new GroupDescribeCommand(console))
                        .addSubcommand(new GroupResetOffsetsCommand(console))
                        .addSubcommand(new GroupDeleteCommand(console));
        return new CommandLine(new Main())
                .addSubcommand(topic)
                .addSubcommand(new ProduceCommand(console))
                .addSubcommand(new ConsumeCommand(console))
                .addSubcommand(group)
                .addSubcommand(log)
                .addSubcommand(view)
                .addSubcommand(new ServeCommand(console))
                .addSubcommand(config)
                .addSubcommand(new BenchCommand(console))
                .addSubcommand(new DemoCommand(console))
                .addSubcommand(new DemoLoadCommand(console))
                .addSubcommand(new VersionCommand(console))
                .setOut(writer(console.out()))
                .setErr(writer(console.err()))
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setExecutionExceptionHandler((e, line, result) -> failures.report(e))
                .setParameterExceptionHandler((e, line) -> failures.reportUsage(e));
    }

    /// The log's own messages look like ours. A user's own setting stays.
    private static void logOnOneLine() {
        String key = "java.util.logging.SimpleFormatter.format";
        if (System.getProperty(key) == null) {
            System.setProperty(key, "millrace: %5$s%6$s%n");
        }
    }

    private static CommandLine noun(String name, String description) {
        CommandSpec spec = CommandSpec.create().name(name);
        spec.usageMessage().description(description);
        return new CommandLine(spec);
    }

    private static PrintWriter writer(OutputStream out) {
        return new PrintWriter(new OutputStreamWriter(out, StandardCharsets.UTF_8), true);
    }
}
