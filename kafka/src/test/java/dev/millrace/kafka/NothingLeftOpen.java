package dev.millrace.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.log.internal.OpenHandles;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/// Fails every test class that leaves cursors, appenders, files or mappings of a log open. Found
/// through its service file.
public final class NothingLeftOpen implements AfterAllCallback {
    @Override
    public void afterAll(ExtensionContext context) {
        assertThat(OpenHandles.takeOutstanding())
                .as("left open by %s", context.getDisplayName())
                .isEmpty();
    }
}
