package dev.millrace.kafka.internal.data;

import dev.millrace.kafka.internal.protocol.Caller;
import dev.millrace.kafka.internal.protocol.Handler;
import dev.millrace.log.EventLog;
import dev.millrace.log.LocalLog;
import dev.millrace.log.ProducerId;
import org.apache.kafka.common.message.InitProducerIdRequestData;
import org.apache.kafka.common.message.InitProducerIdResponseData;
import org.apache.kafka.common.protocol.Errors;

/// InitProducerId: an id that no producer ever had, so that the log knows its batches again.
public final class InitProducerIdHandler implements Handler<InitProducerIdRequestData> {
    private final EventLog log;

    public InitProducerIdHandler(EventLog log) {
        this.log = log;
    }

    @Override
    public InitProducerIdResponseData answer(InitProducerIdRequestData request, Caller caller) {
        if (request.transactionalId() != null) {
            throw Errors.UNSUPPORTED_VERSION.exception("transactions are not supported");
        }
        if (!(log instanceof LocalLog local)) {
            throw Errors.UNSUPPORTED_VERSION.exception(
                    "this log knows no producers: set enable.idempotence=false");
        }
        ProducerId producer = local.newProducer();
        return new InitProducerIdResponseData()
                .setProducerId(producer.id())
                .setProducerEpoch((short) producer.epoch());
    }
}
