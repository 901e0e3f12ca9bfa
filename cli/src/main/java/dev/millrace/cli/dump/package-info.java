/// Looking into segment files.
@NullMarked
package dev.millrace.cli.dump;

import org.jspecify.annotations.NullMarked;
