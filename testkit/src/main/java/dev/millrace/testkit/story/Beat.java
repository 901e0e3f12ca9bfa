package dev.millrace.testkit.story;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// One event of the [Script].
///
/// @param number makes its id
/// @param cause what it follows from; null where it follows from nothing in the story
/// @param millis when it happens, since the beginning of the story
/// @param arrivalMillis when it is heard of
/// @param subject kind and name: `pod/cart-1`
/// @param data writes the fields of `data`
record Beat(
        int number,
        @Nullable Beat cause,
        long millis,
        long arrivalMillis,
        String source,
        String type,
        String subject,
        Consumer<EventWriter> data) {

    boolean descendsFrom(Beat ancestor) {
        for (Beat beat = cause; beat != null; beat = beat.cause) {
            if (beat == ancestor) {
                return true;
            }
        }
        return false;
    }
}
