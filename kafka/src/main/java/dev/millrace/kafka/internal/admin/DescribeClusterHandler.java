package dev.millrace.kafka.internal.admin;

import dev.millrace.kafka.KafkaServerOptions;
import dev.millrace.kafka.internal.protocol.Caller;
import dev.millrace.kafka.internal.protocol.Cluster;
import dev.millrace.kafka.internal.protocol.Handler;
import java.net.InetSocketAddress;
import org.apache.kafka.common.message.DescribeClusterRequestData;
import org.apache.kafka.common.message.DescribeClusterResponseData;
import org.apache.kafka.common.message.DescribeClusterResponseData.DescribeClusterBroker;
import org.apache.kafka.common.protocol.Errors;

/// DescribeCluster: the one node, which is its own controller.
public final class DescribeClusterHandler implements Handler<DescribeClusterRequestData> {
    private static final byte BROKERS = 1;

    private final KafkaServerOptions options;
    private final Cluster cluster;

    public DescribeClusterHandler(KafkaServerOptions options, Cluster cluster) {
        this.options = options;
        this.cluster = cluster;
    }

    @Override
    public DescribeClusterResponseData answer(DescribeClusterRequestData request, Caller caller) {
        if (request.endpointType() != BROKERS) {
            throw Errors.UNSUPPORTED_ENDPOINT_TYPE.exception("there are no controllers to ask for");
        }
        InetSocketAddress advertised = options.advertised(caller.local());
        DescribeClusterResponseData response =
                new DescribeClusterResponseData()
                        .setClusterId(cluster.id())
                        .setControllerId(Cluster.NODE)
                        .setEndpointType(BROKERS);
        response.brokers()
                .mustAdd(
                        new DescribeClusterBroker()
                                .setBrokerId(Cluster.NODE)
                                .setHost(advertised.getHostString())
                                .setPort(advertised.getPort()));
        return response;
    }
}
