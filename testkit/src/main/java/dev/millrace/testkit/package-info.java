/** What tests of every module share: faults, clocks, ledgers, generators, conformance suites. */
@NullMarked
package dev.millrace.testkit;

import org.jspecify.annotations.NullMarked;
