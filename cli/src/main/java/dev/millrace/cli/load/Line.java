package dev.millrace.cli.load;

import java.util.Arrays;

/// A line of a file, seen in place: valid until the next one is read.
public final class Line {
    private byte[] bytes = new byte[0];
    private int offset;
    private int length;
    private String file = "";
    private long number;

    /// Points it at bytes that stand elsewhere.
    public void set(byte[] bytes, int offset, int length, String file, long number) {
        this.bytes = bytes;
        this.offset = offset;
        this.length = length;
        this.file = file;
        this.number = number;
    }

    /// Holds the line, from [#offset] on.
    public byte[] bytes() {
        return bytes;
    }

    public int offset() {
        return offset;
    }

    /// In bytes, without the line's end.
    public int length() {
        return length;
    }

    /// The line's number in its file, from 1.
    public long number() {
        return number;
    }

    /// For messages: `orders.ndjson:17`.
    public String place() {
        return file + ":" + number;
    }

    public boolean blank() {
        for (int i = offset; i < offset + length; i++) {
            if (bytes[i] != ' ' && bytes[i] != '\t') {
                return false;
            }
        }
        return true;
    }

    public byte[] copy() {
        return Arrays.copyOfRange(bytes, offset, offset + length);
    }
}
