package dev.millrace.testkit.story;

/// Visitors who look around and fill their carts.
final class Browsing {
    private static final int PRODUCTS = 9_000;
    private static final int VISITORS = 60_000;

    private final Conditions conditions;
    private final Dice dice;
    private final Deployment frontend;
    private final Deployment catalog;
    private final Deployment search;
    private final Deployment reviews;
    private final Deployment cart;

    Browsing(Cluster cluster, Conditions conditions, Dice dice) {
        this.conditions = conditions;
        this.dice = dice;
        frontend = cluster.deployment("frontend");
        catalog = cluster.deployment("catalog");
        search = cluster.deployment("search");
        reviews = cluster.deployment("reviews");
        cart = cluster.deployment("cart");
    }

    void request(long id, long at, EventWriter to) {
        int kind = dice.below(20);
        if (kind < 6) {
            request(id, at, frontend, "/category/", dice.below(60), failure(0.0004), 1, to);
        } else if (kind < 13) {
            double delay = conditions.at(Condition.STOCK_DELAY, at);
            boolean timeout = delay > 10 && dice.chance(0.2);
            int status = timeout ? 504 : failure(0.0006);
            request(id, at, catalog, "/product/", dice.below(PRODUCTS), status, 1 + delay, to);
        } else if (kind < 17) {
            request(id, at, search, "/search/", dice.below(4_000), failure(0.0008), 2, to);
        } else {
            boolean gone = dice.chance(conditions.at(Condition.REVIEWS_FAILURE, at));
            int status = gone ? 503 : failure(0.0005);
            request(id, at, reviews, "/reviews/", dice.below(PRODUCTS), status, 1, to);
        }
    }

    private int failure(double share) {
        return dice.chance(share) ? 500 : 200;
    }

    private void request(
            long id,
            long at,
            Deployment service,
            String path,
            int item,
            int status,
            double slower,
            EventWriter to) {
        Pod pod = service.anyPod(at, dice);
        int latency = status == 503 ? 1 : (int) (dice.skewed(6, 130) * slower);
        to.begin(id, "/gateway", "http.request", "pod/", pod.name(), at)
                .field("method", "GET")
                .field("path", path, item)
                .field("status", status)
                .field("latencyMs", status == 504 ? 5_000 : latency)
                .field("bytes", status == 200 ? dice.skewed(900, 48_000) : 162)
                .field("customer", "customer/", 10_000 + dice.below(VISITORS))
                .hexField("trace", dice.next())
                .field("deployment", "deployment/", service.name())
                .field("node", "node/", pod.node());
        to.end();
    }

    void cart(long id, long at, EventWriter to) {
        Pod pod = cart.anyPod(at, dice);
        int customer = 10_000 + dice.below(VISITORS);
        boolean taken = dice.chance(0.2);
        String type = taken ? "shop.cart.item-removed" : "shop.cart.item-added";
        to.begin(id, "/shop/cart", type, "cart/", customer, at)
                .field("customer", "customer/", customer)
                .field("product", "product/", dice.below(PRODUCTS))
                .field("quantity", 1 + dice.skewed(0, 5))
                .field("priceCents", dice.between(290, 19_900))
                .hexField("trace", dice.next())
                .field("pod", "pod/", pod.name())
                .field("node", "node/", pod.node());
        to.end();
    }
}
