package dev.millrace.cli;

import dev.millrace.cli.console.Console;
import dev.millrace.cli.console.Figures;
import dev.millrace.cli.console.Json;
import dev.millrace.cli.console.Progress;
import dev.millrace.log.Damage;
import dev.millrace.log.LocalLog;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicLong;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// `millrace log verify`.
@Command(
        name = "verify",
        description = "Read and check every record batch; exit code 1 where something is damaged.")
final class LogVerifyCommand implements Callable<Integer> {
    private final Console console;

    @Mixin private DataOptions data = new DataOptions();
    @Mixin private JsonOption output = new JsonOption();

    LogVerifyCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        try (OpenLog<LocalLog> open = data.openDirectory()) {
            LocalLog log = open.log();
            long total = log.topics().stream().mapToLong(topic -> Topics.bytes(log, topic)).sum();
            AtomicLong read = new AtomicLong();
            List<Damage> damage;
            long started = System.nanoTime();
            try (Progress progress = new Progress(console, "verify", total)) {
                damage =
                        log.verify(
                                at -> {
                                    read.set(at.bytes());
                                    progress.at(at.bytes());
                                });
            }
            long nanos = System.nanoTime() - started;
            List<String> journal = log.recovery().journalDamage();
            boolean sound = damage.isEmpty() && journal.isEmpty();
            if (output.json()) {
                print(damage, journal);
            } else {
                damage.forEach(stretch -> console.line(stretch.toString()));
                journal.forEach(words -> console.line("journal: " + words));
                console.line(
                        (sound ? "all is well: " : "damaged: ")
                                + Figures.count(topics(log), "topic")
                                + ", "
                                + Figures.bytes(read.get())
                                + " read and checked in "
                                + Figures.time(nanos));
            }
            return sound ? 0 : 1;
        }
    }

    private static long topics(LocalLog log) {
        return log.topics().stream().filter(topic -> !topic.internal()).count();
    }

    private void print(List<Damage> damage, List<String> journal) {
        try (Json json = Json.array(console)) {
            for (Damage stretch : damage) {
                json.object(
                        to -> {
                            to.writeStringField("topic", stretch.partition().topic());
                            to.writeNumberField("partition", stretch.partition().partition());
                            to.writeNumberField("fromOffset", stretch.fromOffset());
                            to.writeNumberField("nextReadableOffset", stretch.nextReadableOffset());
                            to.writeStringField("file", stretch.file());
                            to.writeNumberField("position", stretch.position());
                            to.writeStringField("what", stretch.what());
                        });
            }
            for (String words : journal) {
                json.object(
                        to -> {
                            to.writeStringField("file", "journal");
                            to.writeStringField("what", words);
                        });
            }
        }
    }
}
