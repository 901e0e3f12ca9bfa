/// Work on a log that is going to crash, and the ledger that says what must be there afterwards.
@NullMarked
package dev.millrace.testkit.crash;

import org.jspecify.annotations.NullMarked;
