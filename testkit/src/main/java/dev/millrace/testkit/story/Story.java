package dev.millrace.testkit.story;

import java.util.List;

/// An online shop on Kubernetes on one bad afternoon, Friday the 27th of March 2026 from 13:00 to
/// 17:00 UTC: three incidents, several events that look guilty and are not, and the shop's ordinary
/// business around them. `docs/reference/story.md` tells it.
///
/// Each event is one line of JSON with the attributes `id`, `source`, `type`, `subject` (the
/// entity) and `time` of CloudEvents, and an object `data`. They come in the order of their
/// arrival, which is that of `time` but for a few that are up to [#MAX_DISORDER_MILLIS] late.
///
/// The same seed and number of events give the same bytes. Immutable; any number of threads may
/// read it.
public final class Story {
    /// Enough for the incidents and some business around them.
    public static final int MIN_EVENTS = 1_000;

    /// How much later than an event with a later time another may arrive.
    public static final int MAX_DISORDER_MILLIS = 2_000;

    /// What `source` begins with in every event.
    public static final String SOURCE_PREFIX = "/generated/story";

    private final long seed;
    private final int events;
    private final Cluster cluster;
    private final Conditions conditions;
    private final Script script;
    private final List<Incident> incidents;
    private final List<Herring> herrings;

    private Story(long seed, int events) {
        this.seed = seed;
        this.events = events;
        Dice dice = new Dice(seed);
        cluster = new Cluster(dice);
        conditions = new Conditions();
        script = new Script(seed, cluster, dice);
        PaymentScene payment = new PaymentScene(script, cluster, conditions, dice);
        CertificateScene certificate = new CertificateScene(script, cluster, conditions, dice);
        DiskScene disk = new DiskScene(script, cluster, conditions, dice);
        incidents = List.of(payment.play(), certificate.play(), disk.play());
        herrings =
                new HerringScene(script, cluster, conditions, dice)
                        .play(payment.startMillis(), certificate.startMillis(), disk.startMillis());
        script.finish();
    }

    /// @param events how many, at least [#MIN_EVENTS]
    public static Story of(long seed, int events) {
        if (events < MIN_EVENTS) {
            throw new IllegalArgumentException(
                    "a story needs at least %d events, not %d".formatted(MIN_EVENTS, events));
        }
        return new Story(seed, events);
    }

    public long seed() {
        return seed;
    }

    public int events() {
        return events;
    }

    /// What went wrong and what followed from it, in order of time.
    public List<Incident> incidents() {
        return incidents;
    }

    /// What looks guilty and is not.
    public List<Herring> herrings() {
        return herrings;
    }

    /// Tells the story from its beginning.
    ///
    /// @throws E what the listener throws
    public <E extends Exception> void forEach(Listener<E> listener) throws E {
        EventWriter writer = new EventWriter(seed);
        Traffic traffic = new Traffic(cluster, conditions, seed, script.size());
        Tide tide = new Tide(events - script.size(), seed);
        Script.Reader beats = script.reader();
        while (tide.next()) {
            while (beats.arrivalMillis() <= tide.millis()) {
                beats.write(writer);
                listener.event(writer.bytes(), writer.length());
            }
            traffic.write(tide.millis(), writer);
            listener.event(writer.bytes(), writer.length());
        }
        while (beats.arrivalMillis() != Long.MAX_VALUE) {
            beats.write(writer);
            listener.event(writer.bytes(), writer.length());
        }
    }

    /// Hears the events, one after the other.
    ///
    /// @param <E> what it may throw
    @FunctionalInterface
    public interface Listener<E extends Exception> {
        /// @param bytes holds the event's JSON in UTF-8 from index 0, without a line's end; used
        ///   again for the next event
        /// @param length of the event in bytes
        void event(byte[] bytes, int length) throws E;
    }
}
