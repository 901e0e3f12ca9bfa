package dev.millrace.kafka.internal.admin;

import java.util.List;
import org.apache.kafka.common.message.CreateTopicsResponseData.CreatableTopicConfigs;
import org.apache.kafka.common.message.DescribeConfigsResponseData.DescribeConfigsResourceResult;
import org.apache.kafka.common.message.DescribeConfigsResponseData.DescribeConfigsSynonym;

/// A key with its value, as clients are told it.
///
/// @param defaultValue what the key has where nobody sets it
/// @param origin where a value that is not the default comes from
/// @param fixed whether clients cannot change it
/// @param documentation in words
record ConfigEntry(
        String name,
        ValueType type,
        String value,
        String defaultValue,
        ValueSource origin,
        boolean fixed,
        String documentation) {

    /// Kafka's numbers for what a value is.
    enum ValueType {
        BOOLEAN(1),
        STRING(2),
        INT(3),
        LONG(5),
        DOUBLE(6),
        LIST(7);

        private final byte id;

        ValueType(int id) {
            this.id = (byte) id;
        }
    }

    /// Kafka's numbers for where a value comes from.
    enum ValueSource {
        TOPIC(1),
        STATIC_BROKER(4),
        DEFAULT(5);

        private final byte id;

        ValueSource(int id) {
            this.id = (byte) id;
        }
    }

    private ValueSource source() {
        return value.equals(defaultValue) ? ValueSource.DEFAULT : origin;
    }

    /// For DescribeConfigs.
    ///
    /// @param synonyms whether to say what the value would be without its origin
    DescribeConfigsResourceResult described(boolean synonyms, boolean documented) {
        DescribeConfigsResourceResult result =
                new DescribeConfigsResourceResult()
                        .setName(name)
                        .setValue(value)
                        .setReadOnly(fixed)
                        .setConfigSource(source().id)
                        .setIsSensitive(false)
                        .setConfigType(type.id)
                        .setDocumentation(documented ? documentation : null);
        return synonyms ? result.setSynonyms(synonyms()) : result;
    }

    private List<DescribeConfigsSynonym> synonyms() {
        DescribeConfigsSynonym usual = synonym(defaultValue, ValueSource.DEFAULT);
        return source() == ValueSource.DEFAULT
                ? List.of(usual)
                : List.of(synonym(value, origin), usual);
    }

    private DescribeConfigsSynonym synonym(String text, ValueSource from) {
        return new DescribeConfigsSynonym().setName(name).setValue(text).setSource(from.id);
    }

    /// For the answer to CreateTopics.
    CreatableTopicConfigs created() {
        return new CreatableTopicConfigs()
                .setName(name)
                .setValue(value)
                .setReadOnly(fixed)
                .setConfigSource(source().id)
                .setIsSensitive(false);
    }
}
