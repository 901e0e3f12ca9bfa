/// `millrace demo`: load events durably from a process that is killed in the middle, prove that
/// nothing acknowledged is lost, finish the load, read all of it back.
///
/// [Demo] is the order of things; each step has a class of its own.
@NullMarked
package dev.millrace.cli.demo;

import org.jspecify.annotations.NullMarked;
