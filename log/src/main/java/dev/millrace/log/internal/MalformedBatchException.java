package dev.millrace.log.internal;

/// A batch whose checksum is right holds records that cannot be read: whoever wrote it wrote it
/// wrong. The message says what is wrong, and where.
public final class MalformedBatchException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final long position;

    /// @param position of the bytes that are wrong: from the start of the batch, or, where the
    ///   records are compressed, from the start of the decompressed records
    public MalformedBatchException(String what, long position) {
        super(what + " (at byte " + position + ")");
        this.position = position;
    }

    public MalformedBatchException(String what, Throwable cause) {
        super(what, cause);
        this.position = BatchFormat.HEADER_BYTES;
    }

    public long position() {
        return position;
    }
}
