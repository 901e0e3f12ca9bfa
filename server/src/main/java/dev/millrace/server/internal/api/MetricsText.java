package dev.millrace.server.internal.api;

import dev.millrace.log.Distribution;
import dev.millrace.log.LogMetric;
import dev.millrace.log.LogMetrics;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// What the log measures in Prometheus' text format, 0.0.4: `append.latency` becomes the summary
/// `millrace_append_latency_seconds`, `append.records` the counter `millrace_append_records_total`.
/// Units are Prometheus': seconds and bytes.
final class MetricsText {
    static final String MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8";

    private final StringBuilder text = new StringBuilder();

    private MetricsText() {}

    static String of(LogMetrics metrics) {
        MetricsText made = new MetricsText();
        LogMetric last = null;
        for (LogMetrics.Sample sample : metrics.samples()) {
            if (sample.metric() != last) {
                last = sample.metric();
                made.type(last);
            }
            made.sample(sample);
        }
        return made.text.toString();
    }

    private static String name(LogMetric metric) {
        String name = "millrace_" + metric.key().replace('.', '_');
        if (metric.unit().equals("µs")) {
            name += "_seconds";
        } else if (metric.unit().equals("B") && !name.endsWith("_bytes")) {
            name += "_bytes";
        }
        return metric.kind() == LogMetric.Kind.COUNTER ? name + "_total" : name;
    }

    private void type(LogMetric metric) {
        String type =
                switch (metric.kind()) {
                    case COUNTER -> "counter";
                    case GAUGE -> "gauge";
                    case DISTRIBUTION -> "summary";
                };
        text.append("# TYPE ").append(name(metric)).append(' ').append(type).append('\n');
    }

    private void sample(LogMetrics.Sample sample) {
        String name = name(sample.metric());
        double unit = sample.metric().unit().equals("µs") ? 1e-6 : 1;
        List<String> labels = labels(sample.metric(), sample.labels());
        Distribution values = sample.distribution();
        if (values == null) {
            line(name, labels, (double) sample.value() * unit);
            return;
        }
        quantile(name, labels, "0.5", values.p50() * unit);
        quantile(name, labels, "0.95", values.p95() * unit);
        quantile(name, labels, "0.99", values.p99() * unit);
        quantile(name, labels, "0.999", values.p999() * unit);
        quantile(name, labels, "1", values.max() * unit);
        line(name + "_sum", labels, values.mean() * (double) values.count() * unit);
        line(name + "_count", labels, (double) values.count());
    }

    private static List<String> labels(LogMetric metric, Map<String, String> values) {
        List<String> labels = new ArrayList<>();
        for (String label : metric.labels()) {
            String value = values.getOrDefault(label, "");
            String escaped = value.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
            labels.add(label + "=\"" + escaped + "\"");
        }
        return labels;
    }

    private void quantile(String name, List<String> labels, String quantile, double value) {
        List<String> all = new ArrayList<>(labels);
        all.add("quantile=\"" + quantile + "\"");
        line(name, all, value);
    }

    private void line(String name, List<String> labels, double value) {
        text.append(name);
        if (!labels.isEmpty()) {
            text.append('{').append(String.join(",", labels)).append('}');
        }
        boolean whole = value == Math.rint(value) && Math.abs(value) < 1L << 53;
        text.append(' ')
                .append(
                        whole
                                ? Long.toString((long) value)
                                : String.format(Locale.ROOT, "%.9g", value))
                .append('\n');
    }
}
