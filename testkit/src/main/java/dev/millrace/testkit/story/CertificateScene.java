package dev.millrace.testkit.story;

import org.jspecify.annotations.Nullable;

/// A certificate is not renewed, and nobody looks. Hours later it expires, and no parcel can be
/// booked with the carrier until someone renews it by hand.
final class CertificateScene {
    private static final int MINUTE = 60_000;
    private static final String CERTIFICATE = "certificate/shipping-carrier-client";

    private final Script script;
    private final Cluster cluster;
    private final Conditions conditions;
    private final Dice dice;
    private final long failed;
    private final long expired;

    CertificateScene(Script script, Cluster cluster, Conditions conditions, Dice dice) {
        this.script = script;
        this.cluster = cluster;
        this.conditions = conditions;
        this.dice = dice;
        failed = dice.between(8, 14) * (long) MINUTE + dice.below(MINUTE);
        expired = dice.between(159, 163) * (long) MINUTE;
    }

    /// When it expires; the renewal failed long before.
    long startMillis() {
        return expired;
    }

    Incident play() {
        Beat cause = renewalFailed(null, failed, 1);
        Beat again = cause;
        for (int attempt = 2; attempt <= 5; attempt++) {
            again = renewalFailed(again, failed + (attempt - 1) * 30L * MINUTE, attempt);
        }
        Beat expiry =
                script.beat(
                        again,
                        expired,
                        "/cert-manager",
                        "cert.expired",
                        CERTIFICATE,
                        data ->
                                data.field("usedBy", "deployment/", "shipping")
                                        .field("peer", "carrier.example"));
        Beat handshake = handshakes(expiry);
        conditions.ramp(Condition.SHIPPING_FAILURE, expired, expired + 2_000, 1);
        conditions.ramp(Condition.SHIPMENT_QUEUE, expired, expired + 18L * MINUTE, 6_400);
        script.objective(
                handshake, expired + 75_000, false, "shipping", "booked in 60 s > 99 %", 0);
        script.queue(handshake, expired + 190_000, false, "shipments", 1_140);
        Beat remedy =
                script.beat(
                        null,
                        expired + 18L * MINUTE + dice.below(MINUTE),
                        "/cert-manager",
                        "cert.renewed",
                        CERTIFICATE,
                        data -> data.field("by", "on-call").field("validDays", 90));
        recover(remedy);
        return script.incident(
                "expired-certificate",
                "The renewal of the client certificate for the carrier fails unnoticed; when it"
                        + " expires, shipping cannot book anything",
                cause,
                remedy);
    }

    private Beat renewalFailed(@Nullable Beat cause, long at, int attempt) {
        return script.beat(
                cause,
                at,
                "/cert-manager",
                "cert.renewal.failed",
                CERTIFICATE,
                data ->
                        data.field("reason", "challenge refused: DNS record is missing")
                                .field("attempt", attempt)
                                .field("usedBy", "deployment/", "shipping")
                                .field("expiresInMinutes", (expired - at) / MINUTE));
    }

    /// The first failed handshakes of every pod; the answer is the first of all.
    private Beat handshakes(Beat expiry) {
        Beat first = expiry;
        for (Pod pod : cluster.deployment("shipping").podsAt(expired)) {
            for (int i = 0; i < 4; i++) {
                long at = expired + 400 + dice.below(2_000) + i * 15_000L;
                Beat handshake =
                        script.beat(
                                expiry,
                                at,
                                "/shop/shipping",
                                "tls.handshake.failed",
                                "pod/" + pod.name(),
                                data ->
                                        data.field("peer", "carrier.example")
                                                .field("error", "certificate has expired")
                                                .field("certificate", CERTIFICATE)
                                                .field("node", "node/", pod.node())
                                                .field("deployment", "deployment/", "shipping"));
                if (first == expiry || at < first.millis()) {
                    first = handshake;
                }
            }
        }
        return first;
    }

    private void recover(Beat remedy) {
        long at = remedy.millis();
        conditions.ramp(Condition.SHIPPING_FAILURE, at, at + 3_000, 0);
        conditions.ramp(Condition.SHIPMENT_QUEUE, at, at + 6L * MINUTE, 0);
        script.objective(remedy, at + 2L * MINUTE, true, "shipping", "booked in 60 s > 99 %", 100);
        script.queue(remedy, at + 6L * MINUTE + 4_000, true, "shipments", 3);
    }
}
