/** Measurements, alone and side by side with peers. */
@NullMarked
package dev.millrace.benchmarks;

import org.jspecify.annotations.NullMarked;
