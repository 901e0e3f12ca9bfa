package dev.millrace.testkit.story;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StoryTest {
    private static final JsonFactory JSON = new JsonFactory();

    /// An event as a reader sees it; `data` has the scalars.
    private record Event(
            String id,
            String source,
            String type,
            String subject,
            Instant time,
            Map<String, String> data) {}

    @Test
    void theSameSeedTellsTheSameStory() {
        assertThat(checksum(Story.of(7, 50_000)))
                .isEqualTo(checksum(Story.of(7, 50_000)))
                .isNotEqualTo(checksum(Story.of(8, 50_000)));
        assertThat(Story.of(7, 5_000).incidents()).isEqualTo(Story.of(7, 900_000).incidents());
    }

    @Test
    void aStoryCanBeToldTwice() {
        Story story = Story.of(3, 2_000);
        assertThat(checksum(story)).isEqualTo(checksum(story));
    }

    @ParameterizedTest
    @ValueSource(ints = {Story.MIN_EVENTS, 1_001, 31_337, 80_000})
    void tellsAsManyEventsAsAskedFor(int events) throws IOException {
        List<Event> told = read(Story.of(42, events));
        assertThat(told).hasSize(events);
        assertThat(told.stream().map(Event::id).distinct()).hasSize(events);
    }

    @Test
    void refusesTooFewEvents() {
        assertThatThrownBy(() -> Story.of(1, 999)).hasMessageContaining("at least 1000 events");
    }

    @Test
    void everyEventIsMarkedAndComplete() throws IOException {
        for (Event event : read(Story.of(1, 20_000))) {
            assertThat(event.source()).startsWith(Story.SOURCE_PREFIX + "/");
            assertThat(event.id()).matches("[0-9a-f]{16}");
            assertThat(event.type()).matches("[a-z0-9.-]+\\.[a-z0-9.-]+");
            assertThat(event.subject()).matches("[a-z]+/[a-z0-9-]+");
            assertThat(event.data()).isNotEmpty();
        }
    }

    @Test
    void eventsAverageAsManyBytesAsRealOnes() {
        long[] bytes = new long[1];
        Story.of(5, 100_000).forEach((event, length) -> bytes[0] += length);
        assertThat(bytes[0] / 100_000).isBetween(250L, 400L);
    }

    @ParameterizedTest
    @ValueSource(ints = {2_000, 40_000})
    void timeIsInOrderButForAFewLateEvents(int events) throws IOException {
        Instant latest = Instant.EPOCH;
        int late = 0;
        for (Event event : read(Story.of(11, events))) {
            assertThat(event.time())
                    .isAfterOrEqualTo(latest.minusMillis(Story.MAX_DISORDER_MILLIS))
                    .isBetween("2026-03-27T13:00:00Z", "2026-03-27T17:00:00Z");
            late += event.time().isBefore(latest.minusMillis(50)) ? 1 : 0;
            latest = event.time().isAfter(latest) ? event.time() : latest;
        }
        assertThat(late).isBetween(1, events / 10);
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, 42, -9, Long.MAX_VALUE})
    void everyEffectFollowsItsCause(long seed) throws IOException {
        Story story = Story.of(seed, 20_000);
        Map<String, Event> events = byId(read(story));
        assertThat(story.incidents()).hasSize(3);
        for (Incident incident : story.incidents()) {
            assertConnected(incident.causeId(), incident.effects(), events);
            assertConnected(incident.remedyId(), incident.recoveries(), events);
            assertThat(incident.effectIds()).doesNotHaveDuplicates().isNotEmpty();
            assertThat(events.get(incident.remedyId()).time())
                    .isAfter(events.get(incident.causeId()).time());
        }
    }

    /// Every effect exists, is later than its cause, and goes back to the root.
    private static void assertConnected(
            String rootId, List<Incident.Link> links, Map<String, Event> events) {
        Set<String> reached = new HashSet<>(Set.of(rootId));
        assertThat(events).containsKey(rootId);
        for (Incident.Link link : links) {
            assertThat(reached).contains(link.causeId());
            assertThat(events).containsKey(link.effectId());
            assertThat(events.get(link.effectId()).time())
                    .as("%s after %s", events.get(link.effectId()), events.get(link.causeId()))
                    .isAfter(events.get(link.causeId()).time());
            reached.add(link.effectId());
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, 42})
    void herringsHaveNoPartInAnIncident(long seed) throws IOException {
        Story story = Story.of(seed, 20_000);
        Map<String, Event> events = byId(read(story));
        Set<String> guilty = new HashSet<>();
        for (Incident incident : story.incidents()) {
            guilty.add(incident.causeId());
            guilty.add(incident.remedyId());
            guilty.addAll(incident.effectIds());
            incident.recoveries().forEach(link -> guilty.add(link.effectId()));
        }
        assertThat(story.herrings()).hasSizeGreaterThanOrEqualTo(5);
        for (Herring herring : story.herrings()) {
            assertThat(herring.eventIds()).isNotEmpty().doesNotContainAnyElementsOf(guilty);
            assertThat(events.keySet()).containsAll(herring.eventIds());
        }
    }

    @Test
    void thePaymentIncidentRunsFromTheRolloutToTheEvictions() throws IOException {
        Story story = Story.of(42, 60_000);
        Incident incident = story.incidents().getFirst();
        List<Event> told = read(story);
        Map<String, Event> events = byId(told);
        assertThat(events.get(incident.causeId()).type()).isEqualTo("k8s.deployment.rolled");
        assertThat(incident.effectIds().stream().map(id -> events.get(id).type()))
                .contains(
                        "k8s.pod.oomkilled",
                        "k8s.pod.backoff",
                        "shop.slo.breached",
                        "shop.retries.high",
                        "queue.backlog.high",
                        "shop.orders.failing",
                        "k8s.hpa.scaled",
                        "k8s.node.memorypressure",
                        "k8s.pod.evicted");
        assertThat(failedShare(told, incident, events)).isGreaterThan(0.15);
    }

    /// The share of orders that fail while the incident lasts; before it hardly any does.
    private static double failedShare(
            List<Event> told, Incident incident, Map<String, Event> events) {
        Instant from = events.get(incident.causeId()).time();
        Instant to = events.get(incident.remedyId()).time();
        int[] failed = new int[2];
        int[] all = new int[2];
        for (Event event : told) {
            boolean fails = event.type().equals("shop.order.failed");
            if (fails || event.type().equals("shop.order.confirmed")) {
                int when = event.time().isBefore(from) ? 0 : event.time().isBefore(to) ? 1 : -1;
                if (when >= 0) {
                    failed[when] += fails ? 1 : 0;
                    all[when]++;
                }
            }
        }
        assertThat(failed[0] / (double) all[0]).isLessThan(0.02);
        return failed[1] / (double) all[1];
    }

    @Test
    void memoryOfAPodGrowsToItsLimitBeforeItIsKilled() throws IOException {
        List<Event> told = read(Story.of(42, 400_000), "\"pod/payment-");
        Event kill =
                told.stream()
                        .filter(event -> event.type().equals("k8s.pod.oomkilled"))
                        .filter(event -> event.subject().startsWith("pod/payment"))
                        .findFirst()
                        .orElseThrow();
        List<Integer> before =
                told.stream()
                        .filter(event -> event.type().equals("metric.pod"))
                        .filter(event -> event.subject().equals(kill.subject()))
                        .filter(event -> event.time().isBefore(kill.time()))
                        .map(event -> Integer.parseInt(event.data().get("memoryMiB")))
                        .toList();
        assertThat(before).hasSizeGreaterThan(3);
        assertThat(before.getLast()).isGreaterThan(before.getFirst() + 30);
    }

    @Test
    void paymentsNameTheirOrdersAndPodsTheirNodes() throws IOException {
        List<Event> told = read(Story.of(9, 50_000));
        Set<String> orders =
                told.stream()
                        .filter(event -> event.type().equals("shop.order.placed"))
                        .map(Event::subject)
                        .collect(Collectors.toSet());
        List<Event> payments =
                told.stream().filter(event -> event.type().startsWith("shop.payment.")).toList();
        assertThat(payments).hasSizeGreaterThan(1_000);
        assertThat(payments).allMatch(payment -> orders.contains(payment.data().get("order")));
        told.stream()
                .filter(event -> event.type().equals("metric.pod"))
                .forEach(event -> assertThat(event.data()).containsKeys("node", "deployment"));
    }

    private static long checksum(Story story) {
        CRC32C crc = new CRC32C();
        story.forEach((event, length) -> crc.update(event, 0, length));
        return crc.getValue();
    }

    private static Map<String, Event> byId(List<Event> events) {
        Map<String, Event> map = new HashMap<>();
        events.forEach(event -> map.put(event.id(), event));
        return map;
    }

    private static List<Event> read(Story story) throws IOException {
        return read(story, "");
    }

    /// The events whose JSON contains a text.
    private static List<Event> read(Story story, String text) throws IOException {
        List<Event> events = new ArrayList<>();
        story.forEach(
                (Story.Listener<IOException>)
                        (bytes, length) -> {
                            if (!new String(bytes, 0, length, StandardCharsets.UTF_8)
                                    .contains(text)) {
                                return;
                            }
                            try (JsonParser parser = JSON.createParser(bytes, 0, length)) {
                                events.add(event(parser));
                                assertThat(parser.nextToken()).isNull();
                            }
                        });
        return events;
    }

    private static void once(Map<String, String> fields, String name, String value) {
        if (fields.put(name, value) != null) {
            throw new AssertionError(name + " stands twice in an event");
        }
    }

    private static Event event(JsonParser parser) throws IOException {
        Map<String, String> attributes = new HashMap<>();
        Map<String, String> data = new HashMap<>();
        assertThat(parser.nextToken()).isEqualTo(JsonToken.START_OBJECT);
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String name = parser.currentName();
            if (parser.nextToken() == JsonToken.START_OBJECT) {
                assertThat(name).isEqualTo("data");
                while (parser.nextToken() != JsonToken.END_OBJECT) {
                    String field = parser.currentName();
                    parser.nextToken();
                    once(data, field, parser.getText());
                }
            } else {
                once(attributes, name, parser.getText());
            }
        }
        assertThat(attributes).containsOnlyKeys("id", "source", "type", "subject", "time");
        return new Event(
                attributes.get("id"),
                attributes.get("source"),
                attributes.get("type"),
                attributes.get("subject"),
                Instant.parse(attributes.get("time")),
                data);
    }
}
