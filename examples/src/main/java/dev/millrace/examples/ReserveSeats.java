package dev.millrace.examples;

import dev.millrace.log.AppendListener;
import dev.millrace.log.LocalLog;
import dev.millrace.log.LogRecord;
import dev.millrace.log.PreconditionFailedException;
import dev.millrace.log.RecordBatch;
import dev.millrace.log.TopicPartition;
import dev.millrace.log.TopicSpec;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// A decision that many take at once, and only one may win: each seat is given once.
///
/// The listener knows every reservation that stands before an append, acknowledged or not; the
/// condition asks it on the thread that writes, so that nothing can come in between.
public final class ReserveSeats {
    private ReserveSeats() {}

    /// Who has each seat.
    private static final class Seats implements AppendListener {
        private record Reservation(String name, long offset) {}

        private final Map<String, Reservation> taken = new ConcurrentHashMap<>();

        @Override
        public void appended(long baseOffset, RecordBatch batch) {
            long offset = baseOffset;
            for (LogRecord record : batch.records()) {
                taken.put(text(record.key()), new Reservation(text(record.value()), offset++));
            }
        }

        @Override
        public void takenBack(long nextOffset) {
            taken.values().removeIf(reservation -> reservation.offset() >= nextOffset);
        }

        @Nullable String whoHas(String seat) {
            Reservation reservation = taken.get(seat);
            return reservation == null ? null : reservation.name();
        }
    }

    private static String text(byte @Nullable [] bytes) {
        return bytes == null ? "" : new String(bytes, StandardCharsets.UTF_8);
    }

    public static void main(String[] args) throws Exception {
        Path directory = args.length > 0 ? Path.of(args[0]) : Files.createTempDirectory("millrace");
        try (LocalLog log = LocalLog.open(directory)) {
            log.createTopic(TopicSpec.named("reservations"));
            TopicPartition reservations = new TopicPartition("reservations", 0);
            Seats seats = new Seats();
            try (var _ = log.listen(reservations, seats)) {
                for (String name : new String[] {"ada", "bob"}) {
                    RecordBatch batch = RecordBatch.of(LogRecord.of("12A", name));
                    try {
                        log.append(reservations, batch, nextOffset -> seats.whoHas("12A")).join();
                        System.out.println(name + " has seat 12A");
                    } catch (CompletionException e) {
                        if (e.getCause() instanceof PreconditionFailedException refused) {
                            System.out.println(
                                    name + " comes too late: it is with " + refused.seen());
                        } else {
                            throw e;
                        }
                    }
                }
            }
        }
    }
}
