/// A file system that remembers everything that was asked of it, fails where it is told to, and
/// shows what a killed process or a loss of power may leave.
@NullMarked
package dev.millrace.testkit.storage;

import org.jspecify.annotations.NullMarked;
