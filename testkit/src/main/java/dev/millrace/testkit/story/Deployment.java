package dev.millrace.testkit.story;

import java.util.ArrayList;
import java.util.List;

/// A service of the shop and the pods that it ever had in the story.
final class Deployment {
    private final String name;
    private final int memoryMiB;
    private final int memoryLimitMiB;
    private final List<Pod> pods = new ArrayList<>();

    /// @param memoryMiB what a pod of it uses soon after its start
    Deployment(String name, int memoryMiB, int memoryLimitMiB) {
        this.name = name;
        this.memoryMiB = memoryMiB;
        this.memoryLimitMiB = memoryLimitMiB;
    }

    String name() {
        return name;
    }

    int memoryMiB() {
        return memoryMiB;
    }

    int memoryLimitMiB() {
        return memoryLimitMiB;
    }

    List<Pod> pods() {
        return pods;
    }

    /// A pod that runs at this time; the last one that did where none does.
    Pod anyPod(long millis, Dice dice) {
        int first = dice.below(pods.size());
        for (int i = 0; i < pods.size(); i++) {
            Pod pod = pods.get((first + i) % pods.size());
            if (pod.runsAt(millis)) {
                return pod;
            }
        }
        for (int i = pods.size() - 1; i > 0; i--) {
            if (pods.get(i).startedBy(millis)) {
                return pods.get(i);
            }
        }
        return pods.getFirst();
    }

    List<Pod> podsAt(long millis) {
        return pods.stream().filter(pod -> pod.runsAt(millis)).toList();
    }
}
