/// What every engine must do: suites to extend with a way to open it.
@NullMarked
package dev.millrace.testkit.conformance;

import org.jspecify.annotations.NullMarked;
