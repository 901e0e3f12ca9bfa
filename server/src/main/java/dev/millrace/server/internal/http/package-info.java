/**
 * HTTP in five concepts: a {@code HttpServer} has {@code Route}s, whose {@code HttpHandler} answers
 * a {@code HttpRequest} with a {@code HttpResponse}.
 */
@NullMarked
package dev.millrace.server.internal.http;

import org.jspecify.annotations.NullMarked;
