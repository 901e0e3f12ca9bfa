/// `millrace bench`: what this machine gives, measured by the product itself.
@NullMarked
package dev.millrace.cli.bench;

import org.jspecify.annotations.NullMarked;
