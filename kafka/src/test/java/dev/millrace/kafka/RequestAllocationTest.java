package dev.millrace.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.millrace.kafka.internal.protocol.Api;
import dev.millrace.kafka.internal.protocol.Messages;
import dev.millrace.kafka.internal.protocol.ProtocolException;
import dev.millrace.kafka.internal.protocol.RequestHeader;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.ApiKeys;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A request takes memory by what it holds, not by what it says that it holds. */
class RequestAllocationTest {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final int ROUNDS = 40;

    @TempDir private Path directory;

    @Test
    void largeNumbersInSmallRequestsAllocateLittle() {
        RandomRequests requests = new RandomRequests(11, List.of(Uuid.randomUuid()));
        List<Api> apis;
        try (Served served = Served.in(directory)) {
            apis = served.server.apis();
        }
        for (Api api : apis) {
            if (api.key() == ApiKeys.PRODUCE) {
                continue; // read by hand, without a message
            }
            for (short version = api.least(); version <= api.most(); version++) {
                for (int i = 0; i < ROUNDS; i++) {
                    byte[] request = requests.mutated(requests.of(api.key(), version));
                    read(api, version, request); // what is allocated once
                    long allocated = read(api, version, request);
                    assertThat(allocated)
                            .as("%s, version %d, %d bytes", api.key(), version, request.length)
                            .isLessThan(100_000 + 100L * request.length);
                }
            }
        }
    }

    @Test
    void onlyRecordsMakeALargeRequest() throws IOException {
        byte[] large = new byte[17 << 20];
        ByteBuffer.wrap(large).putShort(ApiKeys.METADATA.id).putShort((short) 1).putInt(1);
        try (Served served = Served.in(directory);
                RawClient client = RawClient.of(served)) {
            client.frame(large);
            assertThat(client.receive()).isNull();
        }
    }

    /** Bytes that reading it allocates. */
    private static long read(Api api, short version, byte[] request) {
        ByteBuffer frame = ByteBuffer.wrap(request);
        long before = THREADS.getCurrentThreadAllocatedBytes();
        try {
            RequestHeader.read(frame);
            Messages.read(api.key(), version, frame);
        } catch (ProtocolException e) {
            // no request
        }
        return THREADS.getCurrentThreadAllocatedBytes() - before;
    }
}
