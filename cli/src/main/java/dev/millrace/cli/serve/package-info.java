/** What a process does that stays. */
@NullMarked
package dev.millrace.cli.serve;

import org.jspecify.annotations.NullMarked;
