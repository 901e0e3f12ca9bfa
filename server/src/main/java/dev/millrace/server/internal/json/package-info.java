/** JSON as the HTTP interface reads and writes it. */
@NullMarked
package dev.millrace.server.internal.json;

import org.jspecify.annotations.NullMarked;
