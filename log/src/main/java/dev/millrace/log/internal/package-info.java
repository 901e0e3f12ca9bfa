/// How the local log works inside; not for use from outside this module.
@NullMarked
package dev.millrace.log.internal;

import org.jspecify.annotations.NullMarked;
