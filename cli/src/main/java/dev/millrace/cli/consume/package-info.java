/// Reading records and printing them.
@NullMarked
package dev.millrace.cli.consume;

import org.jspecify.annotations.NullMarked;
