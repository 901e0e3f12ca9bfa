package dev.millrace.log;

/// A stretch of a partition that cannot be read.
///
/// @param partition whose records they are
/// @param fromOffset the first offset that is lost
/// @param nextReadableOffset the first one behind the damage; the end where nothing follows
/// @param file the file's name
/// @param position where the damage begins in it, in bytes
/// @param what what is wrong there
public record Damage(
        TopicPartition partition,
        long fromOffset,
        long nextReadableOffset,
        String file,
        long position,
        String what) {
    @Override
    public String toString() {
        return "corrupt records in %s: offsets %d to %d cannot be read (%s, at byte %d of %s)"
                .formatted(partition, fromOffset, nextReadableOffset - 1, what, position, file);
    }
}
