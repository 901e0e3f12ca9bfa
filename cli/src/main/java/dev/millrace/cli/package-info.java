/** The {@code millrace} command: parse, call, print. */
@NullMarked
package dev.millrace.cli;

import org.jspecify.annotations.NullMarked;
