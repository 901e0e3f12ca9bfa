/// Views that come with the command.
@NullMarked
package dev.millrace.cli.view;

import org.jspecify.annotations.NullMarked;
