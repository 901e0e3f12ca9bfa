package dev.millrace.testkit.story;

/// What the incidents do to the shop's ordinary business; each is a level over time, in
/// [Conditions].
enum Condition {
    /// The share of payments that fail, 0 to 1.
    PAYMENT_FAILURE,
    /// How many times as long as usual a checkout takes, less 1.
    CHECKOUT_DELAY,
    /// Messages waiting in the queue of payments.
    PAYMENT_QUEUE,
    /// The share of shipments that cannot be booked, 0 to 1.
    SHIPPING_FAILURE,
    /// Messages waiting in the queue of shipments.
    SHIPMENT_QUEUE,
    /// How many times as long as usual a look into the stock takes, less 1.
    STOCK_DELAY,
    /// The share of requests for reviews that fail, 0 to 1.
    REVIEWS_FAILURE,
    /// The share of all events that are a harmless warning, 0 to 1.
    LOG_STORM,
    /// How much fuller than usual the memory of the pressed node is, in percent points.
    NODE_MEMORY,
    /// How much slower than usual the slow disk is, in milliseconds of wait.
    DISK_WAIT
}
