package dev.millrace.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.kafka.internal.admin.FixedKey;
import dev.millrace.kafka.internal.protocol.Api;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.apache.kafka.common.message.ApiMessageType.ListenerType;
import org.apache.kafka.common.message.ApiVersionsRequestData;
import org.apache.kafka.common.message.ApiVersionsResponseData;
import org.apache.kafka.common.message.ApiVersionsResponseData.ApiVersion;
import org.apache.kafka.common.protocol.ApiKeys;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The reference says what the code does: see {@code docs/reference/kafka-compatibility.md}. */
class CompatibilityTest {
    @TempDir private Path directory;

    @Test
    void everyApiStandsInTheReferenceAsItIsSpoken() throws IOException {
        List<List<String>> expected = new ArrayList<>();
        try (Served served = Served.in(directory)) {
            for (Api api : served.server.apis()) {
                expected.add(
                        List.of(
                                Short.toString(api.key().id),
                                api.key().name,
                                versions(api.least(), api.most())));
            }
        }
        assertThat(table("## Requests").stream().map(row -> row.subList(0, 3)))
                .containsExactlyElementsOf(expected);
    }

    private static String versions(int least, int most) {
        return least == most ? Integer.toString(least) : least + " to " + most;
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4})
    void whatIsAdvertisedIsWhatIsSpoken(int version) throws IOException {
        try (Served served = Served.in(directory);
                RawClient client = RawClient.of(served)) {
            ApiVersionsResponseData response =
                    client.ask(
                            ApiVersionsResponseData.class,
                            ApiKeys.API_VERSIONS,
                            version,
                            new ApiVersionsRequestData()
                                    .setClientSoftwareName("raw")
                                    .setClientSoftwareVersion("1"));
            assertThat(response.apiKeys())
                    .usingRecursiveFieldByFieldElementComparatorOnFields(
                            "apiKey", "minVersion", "maxVersion")
                    .containsExactlyElementsOf(
                            served.server.apis().stream().map(CompatibilityTest::range).toList());
        }
    }

    private static ApiVersion range(Api api) {
        return new ApiVersion()
                .setApiKey(api.key().id)
                .setMinVersion(api.least())
                .setMaxVersion(api.most());
    }

    @Test
    void everyOtherRequestOfKafkasBrokersIsListedAsNotSupported() throws IOException {
        TreeSet<String> expected = new TreeSet<>();
        ApiKeys.apisForListener(ListenerType.BROKER).forEach(api -> expected.add(api.name));
        try (Served served = Served.in(directory)) {
            served.server.apis().forEach(api -> expected.remove(api.key().name));
        }
        TreeSet<String> listed = new TreeSet<>();
        for (List<String> row : table("## What is not supported")) {
            for (String name : row.get(1).split(",")) {
                if (!name.isBlank() && !name.strip().equals("–")) {
                    assertThat(listed.add(name.strip())).as(name).isTrue();
                }
            }
        }
        assertThat(listed).isEqualTo(expected);
    }

    @Test
    void everyKeyWithoutAChoiceStandsInTheReference() throws IOException {
        Map<String, String> expected = new LinkedHashMap<>();
        for (FixedKey key : FixedKey.all()) {
            expected.put(
                    key.name(),
                    key.everyAppendIsForced()
                            ? "any number where durability is fsync, else " + key.value()
                            : key.value().isEmpty() ? "nothing" : key.value());
        }
        Map<String, String> listed = new LinkedHashMap<>();
        table("### Keys without a choice").forEach(row -> listed.put(row.get(0), row.get(1)));
        assertThat(listed).containsExactlyEntriesOf(expected);
    }

    /** The rows of the first table behind a heading, without backticks. */
    private static List<List<String>> table(String heading) throws IOException {
        Path root = Path.of(System.getProperty("millrace.root", ".."));
        List<String> lines =
                Files.readAllLines(root.resolve("docs/reference/kafka-compatibility.md"));
        assertThat(lines).contains(heading);
        List<List<String>> rows = new ArrayList<>();
        for (String line : lines.subList(lines.indexOf(heading) + 1, lines.size())) {
            if (line.startsWith("|")) {
                List<String> cells =
                        Arrays.stream(line.split("\\|", -1))
                                .map(cell -> cell.strip().replace("`", ""))
                                .toList();
                rows.add(cells.subList(1, cells.size() - 1));
            } else if (!rows.isEmpty()) {
                break;
            }
        }
        return rows.subList(2, rows.size());
    }
}
