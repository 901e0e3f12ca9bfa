package dev.millrace.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TopEntitiesTest {
    @Test
    void countsExactlyAndOrdersTiesByName() {
        TopEntities entities = new TopEntities();
        for (String entity : "b a c a b d".split(" ")) {
            entities.add(entity);
        }
        assertThat(entities.top(3))
                .containsExactly(
                        new TopEntities.Count("a", 2),
                        new TopEntities.Count("b", 2),
                        new TopEntities.Count("c", 1));
        assertThat(entities.size()).isEqualTo(4);
        assertThat(entities.exact()).isTrue();
    }

    @Test
    void staysBoundedAndKeepsTheFrequent() {
        TopEntities entities = new TopEntities();
        for (int i = 0; i < 1_200_000; i++) {
            entities.add("rare-" + i);
            if (i % 100 == 0) {
                entities.add("frequent");
            }
        }
        assertThat(entities.exact()).isFalse();
        assertThat(entities.size()).isLessThanOrEqualTo(500_000);
        assertThat(entities.top(1).getFirst()).isEqualTo(new TopEntities.Count("frequent", 12_000));
    }
}
