package dev.millrace.server.internal.http;

/// Answers the requests of a [Route]: blocking code, on a virtual thread of the request's own.
@FunctionalInterface
public interface HttpHandler {

    /// @throws Exception becomes the answer, as [HttpProblem#of] says
    HttpResponse answer(HttpRequest request) throws Exception;
}
