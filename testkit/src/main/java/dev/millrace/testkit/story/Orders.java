package dev.millrace.testkit.story;

/// The journey of an order: request, order, payment (with a second and a third attempt), then
/// confirmation and shipment, or failure.
///
/// A step still to come is one number: order, attempt (4 bits), step (4 bits). All else about an
/// order follows from its number.
final class Orders {
    private static final int PLACED = 0;
    private static final int PAYMENT_REQUESTED = 1;
    private static final int PAYMENT_ANSWERED = 2;
    private static final int CONFIRMED = 3;
    private static final int FAILED = 4;
    private static final int SHIPPED = 5;

    private static final int MAX_ATTEMPTS = 3;
    private static final int MAX_SHIPPING_ATTEMPTS = 6;
    private static final long FIRST_ORDER = 4_800_000;
    private static final int CUSTOMERS = 60_000;

    private final Conditions conditions;
    private final Dice dice;
    private final Pending pending;
    private final long seed;
    private final Deployment checkout;
    private final Deployment payment;
    private final Deployment shipping;
    private long nextOrder = FIRST_ORDER;

    Orders(Cluster cluster, Conditions conditions, Dice dice, Pending pending, long seed) {
        this.conditions = conditions;
        this.dice = dice;
        this.pending = pending;
        this.seed = seed;
        checkout = cluster.deployment("checkout");
        payment = cluster.deployment("payment");
        shipping = cluster.deployment("shipping");
    }

    /// A new order: its request.
    void begin(long id, long at, EventWriter to) {
        long order = nextOrder++;
        Pod pod = checkout.anyPod(at, dice);
        double delay = 1 + conditions.at(Condition.CHECKOUT_DELAY, at);
        int latency = (int) (dice.skewed(70, 420) * delay);
        boolean refused = delay > 5 && dice.chance(0.12);
        to.begin(id, "/gateway", "http.request", "pod/", pod.name(), at)
                .field("method", "POST")
                .field("path", "/api/checkout")
                .field("status", refused ? 503 : 202)
                .field("latencyMs", latency)
                .field("order", "order/", order)
                .field("customer", "customer/", customer(order))
                .hexField("trace", trace(order))
                .field("deployment", "deployment/", "checkout")
                .field("node", "node/", pod.node());
        to.end();
        if (!refused) {
            later(at + 3 + dice.below(9), order, 1, PLACED);
        }
    }

    /// The next step of an order.
    void goOn(long step, long id, long at, EventWriter to) {
        long order = step >>> 8;
        int attempt = (int) (step >>> 4) & 15;
        switch ((int) step & 15) {
            case PLACED -> placed(order, id, at, to);
            case PAYMENT_REQUESTED -> paymentRequested(order, attempt, id, at, to);
            case PAYMENT_ANSWERED -> paymentAnswered(order, attempt, id, at, to);
            case CONFIRMED -> confirmed(order, id, at, to);
            case FAILED -> failed(order, id, at, to);
            case SHIPPED -> shipped(order, attempt, id, at, to);
            default -> throw new IllegalStateException("no such step of an order: " + step);
        }
    }

    private void placed(long order, long id, long at, EventWriter to) {
        Pod pod = checkout.anyPod(at, dice);
        to.begin(id, "/shop/checkout", "shop.order.placed", "order/", order, at)
                .field("customer", "customer/", customer(order))
                .field("totalCents", totalCents(order))
                .field("currency", "EUR")
                .field("items", 1 + Long.remainderUnsigned(Dice.mix(order), 7))
                .hexField("trace", trace(order))
                .field("pod", "pod/", pod.name())
                .field("node", "node/", pod.node());
        to.end();
        later(at + 5 + dice.below(20), order, 1, PAYMENT_REQUESTED);
    }

    private void paymentRequested(long order, int attempt, long id, long at, EventWriter to) {
        Pod pod = checkout.anyPod(at, dice);
        to.begin(id, "/shop/checkout", "shop.payment.requested", "payment/", order, at)
                .field("order", "order/", order)
                .field("amountCents", totalCents(order))
                .field("attempt", attempt)
                .hexField("trace", trace(order))
                .field("pod", "pod/", pod.name())
                .field("target", "deployment/", "payment");
        to.end();
        boolean slow = conditions.at(Condition.PAYMENT_FAILURE, at) > 0.05;
        int takes = slow ? dice.skewed(400, 5_000) : dice.skewed(35, 240);
        later(at + takes, order, attempt, PAYMENT_ANSWERED);
    }

    private void paymentAnswered(long order, int attempt, long id, long at, EventWriter to) {
        boolean unavailable = dice.chance(conditions.at(Condition.PAYMENT_FAILURE, at));
        boolean declined = !unavailable && dice.chance(0.008);
        Pod pod = payment.anyPod(at, dice);
        String type = unavailable || declined ? "shop.payment.failed" : "shop.payment.authorized";
        to.begin(id, "/shop/payment", type, "payment/", order, at)
                .field("order", "order/", order)
                .field("amountCents", totalCents(order))
                .field("attempt", attempt);
        if (unavailable) {
            to.field("error", dice.chance(0.5) ? "connection refused" : "upstream timeout");
        } else if (declined) {
            to.field("error", "card declined");
        } else {
            to.field("method", (order & 3) == 0 ? "sepa" : "card");
        }
        to.hexField("trace", trace(order))
                .field("pod", "pod/", pod.name())
                .field("node", "node/", pod.node());
        to.end();
        if (unavailable && attempt < MAX_ATTEMPTS) {
            later(at + attempt * 1_500L + dice.below(900), order, attempt + 1, PAYMENT_REQUESTED);
        } else {
            boolean lost = unavailable || declined;
            later(at + 4 + dice.below(15), order, attempt, lost ? FAILED : CONFIRMED);
        }
    }

    private void confirmed(long order, long id, long at, EventWriter to) {
        to.begin(id, "/shop/checkout", "shop.order.confirmed", "order/", order, at)
                .field("payment", "payment/", order)
                .field("customer", "customer/", customer(order))
                .field("totalCents", totalCents(order))
                .hexField("trace", trace(order));
        to.end();
        later(at + dice.skewed(300, 9_000), order, 1, SHIPPED);
    }

    private void failed(long order, long id, long at, EventWriter to) {
        to.begin(id, "/shop/checkout", "shop.order.failed", "order/", order, at)
                .field("payment", "payment/", order)
                .field("customer", "customer/", customer(order))
                .field("totalCents", totalCents(order))
                .field("reason", "payment failed")
                .hexField("trace", trace(order));
        to.end();
    }

    private void shipped(long order, int attempt, long id, long at, EventWriter to) {
        boolean refused = dice.chance(conditions.at(Condition.SHIPPING_FAILURE, at));
        Pod pod = shipping.anyPod(at, dice);
        String type = refused ? "shop.shipment.failed" : "shop.shipment.booked";
        to.begin(id, "/shop/shipping", type, "shipment/", order, at)
                .field("order", "order/", order)
                .field("carrier", "carrier.example")
                .field("attempt", attempt);
        if (refused) {
            to.field("error", "tls: certificate has expired");
        } else {
            to.field("parcels", 1 + Long.remainderUnsigned(Dice.mix(order + 1), 3));
        }
        to.hexField("trace", trace(order))
                .field("pod", "pod/", pod.name())
                .field("node", "node/", pod.node());
        to.end();
        if (refused && attempt < MAX_SHIPPING_ATTEMPTS) {
            later(at + (30_000L << attempt) + dice.below(20_000), order, attempt + 1, SHIPPED);
        }
    }

    private void later(long due, long order, int attempt, int step) {
        pending.add(due, order << 8 | (long) attempt << 4 | step);
    }

    private static long customer(long order) {
        return 10_000 + Long.remainderUnsigned(Dice.mix(order * 31), CUSTOMERS);
    }

    private static long totalCents(long order) {
        return 490 + Long.remainderUnsigned(Dice.mix(order * 17), 24_000);
    }

    private long trace(long order) {
        return Dice.mix(order ^ seed << 20);
    }
}
