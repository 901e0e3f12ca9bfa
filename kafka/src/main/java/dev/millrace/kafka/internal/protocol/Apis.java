package dev.millrace.kafka.internal.protocol;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.kafka.common.message.ApiVersionsRequestData;
import org.apache.kafka.common.message.ApiVersionsResponseData;
import org.apache.kafka.common.message.ApiVersionsResponseData.ApiVersion;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/// The table of APIs that are spoken, and the answer to who asks for it.
public final class Apis {
    private static final short OLDEST_VERSIONS = 0;

    private final SortedMap<Short, Api> apis = new TreeMap<>();

    /// @param spoken all but ApiVersions, which is added
    public Apis(List<Api> spoken) {
        spoken.forEach(api -> apis.put(api.key().id, api));
        Api versions =
                Api.<ApiVersionsRequestData>of(
                        ApiKeys.API_VERSIONS, 0, 4, (request, caller) -> versions(request, caller));
        apis.put(versions.key().id, versions);
    }

    /// In order of their keys.
    public List<Api> all() {
        return List.copyOf(apis.values());
    }

    /// Has the request answered.
    ///
    /// @throws ProtocolException where it is of no API or version that is spoken, or cannot be read
    public Response answer(RequestHeader header, ByteBuffer body, Caller caller) {
        Api api = apis.get(header.apiKey());
        if (api == null) {
            throw new ProtocolException("API key %d is not supported".formatted(header.apiKey()));
        }
        if (api.speaks(header.version())) {
            return api.work().answer(header, body, caller);
        }
        if (api.key() == ApiKeys.API_VERSIONS) {
            return versionsOnly(header.correlationId());
        }
        throw new ProtocolException(
                "version %d of %s is not supported, only %d to %d"
                        .formatted(header.version(), api.key(), api.least(), api.most()));
    }

    private ApiVersionsResponseData versions(ApiVersionsRequestData request, Caller caller) {
        if (caller.version() >= 3
                && !(isName(request.clientSoftwareName())
                        && isName(request.clientSoftwareVersion()))) {
            return new ApiVersionsResponseData().setErrorCode(Errors.INVALID_REQUEST.code());
        }
        ApiVersionsResponseData response = new ApiVersionsResponseData();
        apis.values().forEach(api -> response.apiKeys().add(range(api)));
        return response;
    }

    /// A name that may stand in a log or a metric.
    private static boolean isName(@Nullable String text) {
        return text != null && text.matches("[a-zA-Z0-9](?:[a-zA-Z0-9\\-.]*[a-zA-Z0-9])?");
    }

    /// Who asks in a version that we do not know is told in the oldest one which to ask in.
    private Response versionsOnly(int correlationId) {
        ApiVersionsResponseData response =
                new ApiVersionsResponseData().setErrorCode(Errors.UNSUPPORTED_VERSION.code());
        Api api = apis.get(ApiKeys.API_VERSIONS.id);
        if (api != null) {
            response.apiKeys().add(range(api));
        }
        ByteBuffer bytes =
                Messages.write(ApiKeys.API_VERSIONS, OLDEST_VERSIONS, correlationId, response);
        return () -> new ByteBuffer[] {bytes};
    }

    private static ApiVersion range(Api api) {
        return new ApiVersion()
                .setApiKey(api.key().id)
                .setMinVersion(api.least())
                .setMaxVersion(api.most());
    }
}
