package dev.millrace.kafka.internal.protocol;

import java.net.InetAddress;
import java.net.InetSocketAddress;

/// Who asks, and how.
///
/// @param version of the request's API
/// @param clientId what the client calls itself; empty where it says nothing
/// @param remote the client's end of the connection
/// @param local our end of it: the address that the client reached
public record Caller(
        short version, String clientId, InetSocketAddress remote, InetSocketAddress local) {
    /// The client's address.
    public InetAddress address() {
        return remote.getAddress();
    }
}
