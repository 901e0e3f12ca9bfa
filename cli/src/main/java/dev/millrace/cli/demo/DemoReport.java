package dev.millrace.cli.demo;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.millrace.log.RecoveryReport;
import java.io.IOException;
import java.nio.file.Path;

/// What the demo came to.
///
/// @param storedBytes of the record batches of the whole load
/// @param openNanos what opening the log again took, as its caller sees it
/// @param totalNanos of everything
public record DemoReport(
        Path directory,
        String input,
        Inventory inventory,
        KilledLoad load,
        RecoveryReport recovery,
        long openNanos,
        Proof proof,
        Completion completion,
        ReadBack readBack,
        long storedBytes,
        long totalNanos) {

    /// Whether every promise held.
    public boolean proven() {
        return proof.lost() == 0
                && completion.changed() == 0
                && completion.duplicates() == 0
                && readBack.matches(inventory);
    }

    /// Records that had reached the log without having been acknowledged.
    long unacknowledged() {
        return completion.present() - proof.found();
    }

    /// Writes all of it, as fields.
    public void write(JsonGenerator to) throws IOException {
        to.writeBooleanField("proven", proven());
        to.writeStringField("directory", directory.toString());
        to.writeStringField("topic", Demo.TOPIC);
        to.writeStringField("durability", "fsync");
        to.writeStringField("input", input);
        to.writeNumberField("lines", inventory.lines());
        to.writeNumberField("bytes", inventory.bytes());
        to.writeNumberField("malformedLines", inventory.malformed());
        to.writeNumberField("linesWithoutEntity", inventory.withoutEntity());
        to.writeNumberField("entities", inventory.entities());
        to.writeBooleanField("entitiesExact", inventory.entitiesExact());
        to.writeArrayFieldStart("topEntities");
        for (TopEntities.Count top : inventory.top()) {
            to.writeStartObject();
            to.writeStringField("entity", top.entity());
            to.writeNumberField("events", top.events());
            to.writeEndObject();
        }
        to.writeEndArray();
        writeCrash(to);
        to.writeNumberField("finishedLines", completion.appended());
        to.writeNumberField("finishSeconds", completion.nanos() / 1e9);
        to.writeNumberField("readRecords", readBack.records());
        to.writeNumberField("readSeconds", readBack.nanos() / 1e9);
        to.writeNumberField("storedBytes", storedBytes);
        to.writeNumberField("storedBytesPerRecord", storedBytes / (double) inventory.lines());
        to.writeNumberField("totalSeconds", totalNanos / 1e9);
    }

    private void writeCrash(JsonGenerator to) throws IOException {
        to.writeNumberField("acknowledgedAtKill", load.records());
        to.writeNumberField("loadSeconds", load.nanos() / 1e9);
        to.writeNumberField("exitCode", load.exitCode());
        to.writeNumberField("reopenSeconds", openNanos / 1e9);
        to.writeNumberField("journalFrames", recovery.journalFrames());
        to.writeNumberField("bytesScanned", recovery.bytesScanned());
        to.writeNumberField("tornTails", recovery.tornTails().size());
        to.writeNumberField("damagedStretches", recovery.damage().size());
        to.writeNumberField("acknowledgedFound", proof.found());
        to.writeNumberField("acknowledgedLost", proof.lost());
        to.writeNumberField("unacknowledgedFound", unacknowledged());
        to.writeNumberField("changed", completion.changed());
        to.writeNumberField("duplicates", completion.duplicates());
    }
}
