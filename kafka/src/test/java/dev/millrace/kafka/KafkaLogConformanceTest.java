package dev.millrace.kafka;

import dev.millrace.log.EventLog;
import dev.millrace.log.Views;
import dev.millrace.testkit.cluster.KafkaCluster;
import dev.millrace.testkit.conformance.AdmissionConformance;
import dev.millrace.testkit.conformance.EventLogConformance;
import dev.millrace.testkit.conformance.LimitConformance;
import dev.millrace.testkit.conformance.ViewConformance;
import java.nio.file.Path;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.io.TempDir;

/// The log on a cluster of three brokers keeps the contract of every engine, and views run on it.
class KafkaLogConformanceTest {

    /// A log on the shared cluster, without the topics of earlier tests.
    static KafkaLog openEmpty() {
        KafkaLog log = KafkaLog.open(KafkaCluster.shared().bootstrap());
        log.topics().stream()
                .filter(topic -> !topic.internal())
                .forEach(topic -> log.deleteTopic(topic.name()));
        return log;
    }

    @Nested
    class Engine extends EventLogConformance {
        @Override
        protected EventLog openEmpty() {
            return KafkaLogConformanceTest.openEmpty();
        }
    }

    @Nested
    class Admission extends AdmissionConformance {
        @Override
        protected EventLog openEmpty() {
            return KafkaLogConformanceTest.openEmpty();
        }
    }

    @Nested
    class Limits extends LimitConformance {
        @Override
        protected EventLog openEmpty() {
            return KafkaLogConformanceTest.openEmpty();
        }
    }

    @Nested
    class OfViews extends ViewConformance {
        @TempDir Path directory;

        @Override
        protected EventLog openLog() {
            return openEmpty();
        }

        @Override
        protected Views viewsOf(EventLog log) {
            return Views.over(log, ((KafkaLog) log).id(), directory.resolve("views"));
        }
    }
}
