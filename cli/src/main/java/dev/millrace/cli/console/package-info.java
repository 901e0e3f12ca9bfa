/// How the command talks: tables, JSON, progress, figures, errors.
@NullMarked
package dev.millrace.cli.console;

import org.jspecify.annotations.NullMarked;
