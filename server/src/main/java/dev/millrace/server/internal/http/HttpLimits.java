package dev.millrace.server.internal.http;

/// What a [HttpServer] takes.
///
/// @param maxBodyBytes the largest body of a request
/// @param maxWaitingBytes of all bodies whose requests are not answered yet, together
public record HttpLimits(long maxBodyBytes, long maxWaitingBytes) {}
