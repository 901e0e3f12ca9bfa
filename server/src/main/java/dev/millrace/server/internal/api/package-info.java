/** What is answered over HTTP; {@code Api} lists it. */
@NullMarked
package dev.millrace.server.internal.api;

import org.jspecify.annotations.NullMarked;
