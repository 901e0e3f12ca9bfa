package dev.millrace.server;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.millrace.log.Distribution;
import dev.millrace.log.LogMetrics;
import java.io.IOException;

/// A value that the log has measured of itself as JSON, the same wherever one is written: `metric`,
/// its labels, `value`, `unit`; a distribution has `mean` to `max` too.
public final class MetricsJson {
    private MetricsJson() {}

    /// Writes the fields of a sample.
    public static void write(JsonGenerator to, LogMetrics.Sample sample) throws IOException {
        to.writeStringField("metric", sample.metric().key());
        for (String label : sample.metric().labels()) {
            to.writeStringField(label, sample.labels().get(label));
        }
        to.writeNumberField("value", sample.value());
        to.writeStringField("unit", sample.metric().unit());
        Distribution values = sample.distribution();
        if (values != null) {
            to.writeNumberField("mean", values.mean());
            to.writeNumberField("p50", values.p50());
            to.writeNumberField("p95", values.p95());
            to.writeNumberField("p99", values.p99());
            to.writeNumberField("p999", values.p999());
            to.writeNumberField("max", values.max());
        }
    }
}
