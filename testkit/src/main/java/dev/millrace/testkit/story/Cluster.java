package dev.millrace.testkit.story;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The nodes, and the deployments with their pods. Four nodes have a part in the story: one comes
/// under pressure, one has a slow disk, one is maintained, one has always been filling up.
final class Cluster {
    private static final int NODES = 12;

    private final Dice dice;
    private final List<String> nodes = new ArrayList<>();
    private final Map<String, Deployment> deployments = new LinkedHashMap<>();
    private final List<Pod> pods = new ArrayList<>();
    private final String pressedNode;
    private final String slowDiskNode;
    private final String maintainedNode;
    private final String fillingNode;

    Cluster(Dice dice) {
        this.dice = dice;
        for (int i = 1; i <= NODES; i++) {
            nodes.add("node-" + i / 10 + i % 10);
        }
        int first = dice.below(NODES);
        pressedNode = nodes.get(first);
        slowDiskNode = nodes.get((first + 3) % NODES);
        maintainedNode = nodes.get((first + 5) % NODES);
        fillingNode = nodes.get((first + 8) % NODES);
        deploy("gateway", 4, 160, 512, maintainedNode);
        deploy("frontend", 6, 190, 512);
        deploy("catalog", 6, 240, 768);
        deploy("search", 4, 620, 1536, maintainedNode);
        deploy("cart", 4, 130, 384, maintainedNode);
        deploy("checkout", 6, 210, 512);
        deploy("payment", 4, 104, 512);
        deploy("inventory", 3, 170, 384);
        deploy("inventory-db", 1, 2900, 4096, slowDiskNode);
        deploy("shipping", 3, 120, 384);
        deploy("recommendation", 4, 540, 1024);
        deploy("reviews", 3, 220, 512, pressedNode, pressedNode, pressedNode);
        deploy("notification", 2, 90, 256);
    }

    private void deploy(String name, int replicas, int memory, int limit, String... firstNodes) {
        Deployment deployment = new Deployment(name, memory, limit);
        deployments.put(name, deployment);
        String replicaSet = dice.suffix(10);
        for (int i = 0; i < replicas; i++) {
            String node = i < firstNodes.length ? firstNodes[i] : otherNode();
            addPod(deployment, replicaSet, node, limit, 0);
        }
    }

    /// A node without a part in the story.
    String otherNode() {
        while (true) {
            String node = nodes.get(dice.below(NODES));
            if (!node.equals(pressedNode)
                    && !node.equals(slowDiskNode)
                    && !node.equals(maintainedNode)
                    && !node.equals(fillingNode)) {
                return node;
            }
        }
    }

    Pod addPod(Deployment deployment, String replicaSet, String node, int limit, long startMillis) {
        String name = deployment.name() + "-" + replicaSet + "-" + dice.suffix(5);
        Pod pod = new Pod(deployment, name, node, limit, startMillis);
        deployment.pods().add(pod);
        pods.add(pod);
        return pod;
    }

    Deployment deployment(String name) {
        Deployment deployment = deployments.get(name);
        if (deployment == null) {
            throw new IllegalArgumentException("the story has no deployment " + name);
        }
        return deployment;
    }

    List<String> nodes() {
        return nodes;
    }

    /// All pods of the whole story.
    List<Pod> pods() {
        return pods;
    }

    String pressedNode() {
        return pressedNode;
    }

    String slowDiskNode() {
        return slowDiskNode;
    }

    String maintainedNode() {
        return maintainedNode;
    }

    String fillingNode() {
        return fillingNode;
    }
}
