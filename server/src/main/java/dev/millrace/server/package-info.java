/// One process that serves a log.
@NullMarked
package dev.millrace.server;

import org.jspecify.annotations.NullMarked;
