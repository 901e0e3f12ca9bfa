package dev.millrace.kafka.internal.protocol;

import java.nio.ByteBuffer;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;

/// Has a [Handler] answer: reads its request, writes its response, and turns an exception into the
/// error answer of the API.
final class MessageWork<Q extends ApiMessage> implements Api.Work {
    private static final System.Logger LOG = System.getLogger("dev.millrace.kafka");

    private final ApiKeys api;
    private final Handler<Q> handler;

    MessageWork(ApiKeys api, Handler<Q> handler) {
        this.api = api;
        this.handler = handler;
    }

    @Override
    public Response answer(RequestHeader header, ByteBuffer body, Caller caller) {
        ByteBuffer again = body.duplicate();
        ApiMessage response;
        @SuppressWarnings("unchecked") // the table has the handler of this API's requests
        Q request = (Q) Messages.read(api, header.version(), body);
        try {
            response = handler.answer(request, caller);
        } catch (RuntimeException e) {
            if (KafkaErrors.of(e) == Errors.UNKNOWN_SERVER_ERROR) {
                LOG.log(System.Logger.Level.ERROR, "cannot answer a request " + api, e);
            }
            response = Messages.failed(api, header.version(), again, e);
        }
        ByteBuffer bytes = Messages.write(api, header.version(), header.correlationId(), response);
        return () -> new ByteBuffer[] {bytes};
    }
}
