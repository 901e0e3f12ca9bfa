/// Views to test with: they know what they must have come to.
@NullMarked
package dev.millrace.testkit.views;

import org.jspecify.annotations.NullMarked;
