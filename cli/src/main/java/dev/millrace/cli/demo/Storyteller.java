package dev.millrace.cli.demo;

import static dev.millrace.cli.console.Figures.bytes;
import static dev.millrace.cli.console.Figures.count;
import static dev.millrace.cli.console.Figures.perSecond;
import static dev.millrace.cli.console.Figures.rate;
import static dev.millrace.cli.console.Figures.time;

import dev.millrace.cli.console.Console;
import dev.millrace.log.RecoveryReport;
import java.nio.file.Path;
import java.util.Locale;

/// Tells people how the demo goes.
public final class Storyteller implements Narrator {
    private final Console console;

    public Storyteller(Console console) {
        this.console = console;
    }

    private void say(String title, String text) {
        console.line("  %-9s %s".formatted(title, text));
        console.flush();
    }

    @Override
    public void begins(String input, Path directory) {
        console.line("Millrace demo in " + directory);
        console.line("");
        say("input", input);
    }

    @Override
    public void counted(Inventory inventory) {
        say(
                "",
                "%s, %s, %s%s"
                        .formatted(
                                count(inventory.lines(), "event"),
                                bytes(inventory.bytes()),
                                inventory.entitiesExact() ? "" : "at least ",
                                inventory.entities() == 1
                                        ? "one entity"
                                        : count(inventory.entities()) + " entities"));
        if (inventory.withoutEntity() > 0) {
            say("", count(inventory.withoutEntity(), "event") + " without entity: no key");
        }
        if (inventory.malformed() > 0) {
            say("", count(inventory.malformed(), "malformed line") + ", kept without a key:");
            inventory.complaints().forEach(complaint -> say("", "  " + complaint));
        }
    }

    @Override
    public void killed(KilledLoad load, Inventory inventory) {
        double bytesPerLine = inventory.bytes() / (double) inventory.lines();
        say(
                "load",
                "process %d appends them, durably (fsync): %s, %s/s acknowledged"
                        .formatted(
                                load.pid(),
                                rate(load.records(), load.nanos()),
                                bytes(
                                        (long)
                                                (bytesPerLine
                                                        * perSecond(
                                                                load.records(), load.nanos())))));
        say(
                "kill -9",
                "process %d after %s, with %s of %s events acknowledged (exit code %d)"
                        .formatted(
                                load.pid(),
                                time(load.nanos()),
                                count(load.records()),
                                count(inventory.lines()),
                                load.exitCode()));
    }

    @Override
    public void reopened(RecoveryReport recovery, long nanos) {
        say(
                "reopen",
                "%s: %s replayed, %s scanned, %s cut"
                        .formatted(
                                time(nanos),
                                count(recovery.journalFrames(), "journal frame"),
                                bytes(recovery.bytesScanned()),
                                count(recovery.tornTails().size(), "torn tail")));
        recovery.damage().forEach(damage -> say("", "DAMAGE: " + damage));
        recovery.journalDamage().forEach(damage -> say("", "DAMAGE: " + damage));
    }

    @Override
    public void proved(Proof proof, Completion completion) {
        long acknowledged = proof.found() + proof.lost();
        say(
                "proof",
                "%s of %s acknowledged events are there, their checksums equal%s"
                        .formatted(
                                count(proof.found()),
                                count(acknowledged),
                                proof.lost() == 0 ? "" : ": LOST " + count(proof.lost())));
        long early = completion.present() - acknowledged;
        say(
                "",
                "%s are in the log%s: each its line of the input, byte for byte, none twice"
                        .formatted(
                                count(completion.present()),
                                early <= 0 ? "" : ", " + count(early) + " unacknowledged"));
        if (completion.changed() > 0 || completion.duplicates() > 0) {
            say(
                    "",
                    "WRONG: %s changed, %s twice"
                            .formatted(
                                    count(completion.changed()), count(completion.duplicates())));
        }
        say(
                "finish",
                "the missing %s appended in %s"
                        .formatted(count(completion.appended()), time(completion.nanos())));
    }

    @Override
    public void ends(DemoReport report) {
        ReadBack read = report.readBack();
        say(
                "read",
                "%s in %s (%s, %s/s), count and checksum %s the input's"
                        .formatted(
                                count(read.records(), "event"),
                                time(read.nanos()),
                                rate(read.records(), read.nanos()),
                                bytes((long) perSecond(read.valueBytes(), read.nanos())),
                                read.matches(report.inventory()) ? "equal" : "DIFFER FROM"));
        double lines = report.inventory().lines();
        say(
                "disk",
                String.format(
                        Locale.ROOT,
                        "%.1f bytes an event, %.1f of them the event itself (no compression)",
                        report.storedBytes() / lines,
                        report.inventory().bytes() / lines));
        String title = "busiest";
        for (TopEntities.Count top : report.inventory().top()) {
            say(title, "%s  %s".formatted(top.entity(), count(top.events())));
            title = "";
        }
        console.line("");
        console.line(
                report.proven()
                        ? "Nothing acknowledged was lost, and each event is there exactly once. %s in all."
                                .formatted(time(report.totalNanos()))
                        : "THE PROOF FAILED. Keep %s and report this, please."
                                .formatted(report.directory()));
        if (report.proven()) {
            console.line(
                    "Look into it:  millrace consume %s --data %s --max 3 --json"
                            .formatted(Demo.TOPIC, report.directory()));
        }
    }
}
