package dev.millrace.kafka.internal.protocol;

import org.apache.kafka.common.message.SaslHandshakeRequestData;
import org.apache.kafka.common.message.SaslHandshakeResponseData;
import org.apache.kafka.common.protocol.Errors;

/// SaslHandshake: there is nothing to sign in with, and a client that wants to is told so, rather
/// than that its connection was closed.
public final class SaslHandshakeHandler implements Handler<SaslHandshakeRequestData> {
    @Override
    public SaslHandshakeResponseData answer(SaslHandshakeRequestData request, Caller caller) {
        return new SaslHandshakeResponseData()
                .setErrorCode(Errors.UNSUPPORTED_SASL_MECHANISM.code());
    }
}
