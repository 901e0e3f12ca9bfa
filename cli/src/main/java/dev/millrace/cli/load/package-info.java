/// Lines of text into records: reading them, finding key and time in them, counting what was
/// acknowledged.
@NullMarked
package dev.millrace.cli.load;

import org.jspecify.annotations.NullMarked;
