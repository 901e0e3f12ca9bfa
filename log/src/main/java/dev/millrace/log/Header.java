package dev.millrace.log;

import org.jspecify.annotations.Nullable;

/// A header of a record. The array is not copied: whoever hands it over leaves it alone.
public record Header(String key, byte @Nullable [] value) {}
