/** A log behind a server, seen from outside. */
@NullMarked
package dev.millrace.server.internal.remote;

import org.jspecify.annotations.NullMarked;
