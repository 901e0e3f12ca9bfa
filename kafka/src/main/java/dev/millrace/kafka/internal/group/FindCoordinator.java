package dev.millrace.kafka.internal.group;

import dev.millrace.kafka.internal.protocol.Caller;
import dev.millrace.kafka.internal.protocol.Handler;
import java.net.InetSocketAddress;
import java.util.function.UnaryOperator;
import org.apache.kafka.common.message.FindCoordinatorRequestData;
import org.apache.kafka.common.message.FindCoordinatorResponseData;
import org.apache.kafka.common.message.FindCoordinatorResponseData.Coordinator;
import org.apache.kafka.common.protocol.Errors;

/// Answers FindCoordinator: the coordinator of every group is this server.
final class FindCoordinator implements Handler<FindCoordinatorRequestData> {
    /// From here on a request is about any number of keys (KIP-699).
    private static final short WITH_KEYS = 4;

    private static final byte GROUP = 0;
    private static final int NODE = 0;

    private final UnaryOperator<InetSocketAddress> advertised;

    /// @param advertised the address to tell a client, by the one that it reached
    FindCoordinator(UnaryOperator<InetSocketAddress> advertised) {
        this.advertised = advertised;
    }

    @Override
    public FindCoordinatorResponseData answer(FindCoordinatorRequestData request, Caller caller) {
        FindCoordinatorResponseData response = new FindCoordinatorResponseData();
        if (caller.version() >= WITH_KEYS) {
            for (String key : request.coordinatorKeys()) {
                response.coordinators().add(find(key, request.keyType(), caller));
            }
            return response;
        }
        Coordinator found = find(request.key(), request.keyType(), caller);
        return response.setErrorCode(found.errorCode())
                .setErrorMessage(found.errorMessage())
                .setNodeId(found.nodeId())
                .setHost(found.host())
                .setPort(found.port());
    }

    private Coordinator find(String key, byte type, Caller caller) {
        if (type != GROUP) {
            return new Coordinator()
                    .setKey(key)
                    .setNodeId(-1)
                    .setPort(-1)
                    .setErrorCode(Errors.INVALID_REQUEST.code())
                    .setErrorMessage(
                            "only consumer groups have a coordinator here; transactions and share groups are not supported");
        }
        InetSocketAddress address = advertised.apply(caller.local());
        return new Coordinator()
                .setKey(key)
                .setNodeId(NODE)
                .setHost(address.getHostString())
                .setPort(address.getPort());
    }
}
