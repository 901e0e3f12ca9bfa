package dev.millrace.testkit.story;

/// The ordinary business: one event after the other, of journeys that have begun where one is due,
/// else of something new. What the incidents do to it stands in [Conditions]. For one thread.
final class Traffic {
    private static final int PUNCTUAL_MILLIS = 40;
    private static final double LATE = 0.03;
    private static final int LATE_MILLIS = 1_400;

    private final Conditions conditions;
    private final Dice dice;
    private final Pending pending = new Pending();
    private final Orders orders;
    private final Browsing browsing;
    private final Telemetry telemetry;
    private long number;

    /// @param firstNumber of the events, which gives them their ids
    Traffic(Cluster cluster, Conditions conditions, long seed, long firstNumber) {
        this.conditions = conditions;
        dice = new Dice(seed ^ 0x7472_6166L);
        orders = new Orders(cluster, conditions, dice, pending, seed);
        browsing = new Browsing(cluster, conditions, dice);
        telemetry = new Telemetry(cluster, conditions, dice);
        number = firstNumber;
    }

    /// Writes the event that arrives now.
    void write(long nowMillis, EventWriter to) {
        long id = number++;
        if (pending.dueMillis() <= nowMillis) {
            long due = pending.dueMillis();
            long at = nowMillis - due <= LATE_MILLIS ? due : happened(nowMillis);
            orders.goOn(pending.take(), id, at, to);
            return;
        }
        long at = happened(nowMillis);
        if (dice.chance(conditions.at(Condition.LOG_STORM, at))) {
            telemetry.deprecation(id, at, to);
            return;
        }
        int kind = dice.below(100);
        if (kind < 11) {
            orders.begin(id, at, to);
        } else if (kind < 66) {
            browsing.request(id, at, to);
        } else if (kind < 76) {
            browsing.cart(id, at, to);
        } else {
            telemetry.sample(id, at, to);
        }
    }

    /// Most events are heard of at once, some a good deal later.
    private long happened(long now) {
        int late = dice.chance(LATE) ? dice.skewed(0, LATE_MILLIS) : dice.below(PUNCTUAL_MILLIS);
        return Math.max(0, now - late);
    }
}
