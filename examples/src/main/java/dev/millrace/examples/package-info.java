/** Small programs, one idea each. */
@NullMarked
package dev.millrace.examples;

import org.jspecify.annotations.NullMarked;
