package dev.millrace.kafka.internal.protocol;

import java.nio.ByteBuffer;

/// A response on its way. For one thread.
public interface Response extends AutoCloseable {
    /// To a request that wants none.
    Response NONE = () -> new ByteBuffer[0];

    /// Whether [#buffers] need not wait.
    default boolean isReady() {
        return true;
    }

    /// The bytes of the response, size and header included, valid until [#close]; waits for what
    /// must be known first. Called once.
    ByteBuffer[] buffers();

    /// It was written, or never will be.
    @Override
    default void close() {}
}
