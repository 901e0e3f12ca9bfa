/** Where values of configuration keys come from. */
@NullMarked
package dev.millrace.server.internal.config;

import org.jspecify.annotations.NullMarked;
