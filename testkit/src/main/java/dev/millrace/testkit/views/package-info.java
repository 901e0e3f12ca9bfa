/// Views to test with: they know what they must have come to.
@org.jspecify.annotations.NullMarked
package dev.millrace.testkit.views;
