package dev.millrace.testkit.story;

import java.util.Arrays;

/// Writes one event after the other as JSON into the same bytes. All text is ASCII that needs no
/// escapes. For one thread.
final class EventWriter {
    private static final String DAY = "2026-03-27T";
    private static final int START_HOUR = 13;
    private static final byte[] HEX = {
        '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'
    };

    private final long idSeed;
    private byte[] bytes = new byte[4096];
    private int length;

    EventWriter(long seed) {
        idSeed = Dice.mix(seed ^ 0x5bd1e995L);
    }

    byte[] bytes() {
        return bytes;
    }

    int length() {
        return length;
    }

    /// The id of the event with this number: it tells nothing about it, and no two have the same.
    static String id(long seed, long number) {
        EventWriter writer = new EventWriter(seed);
        writer.hex(writer.scattered(number));
        return writer.text();
    }

    /// Begins an event; [#end] completes it, and what is written between goes into its `data`.
    ///
    /// @param millis since the beginning of the story
    EventWriter begin(
            long number,
            String source,
            String type,
            String subjectKind,
            String subject,
            long millis) {
        head(number, source, type, subjectKind);
        ascii(subject);
        return openData(millis);
    }

    /// As [#begin(long,String,String,String,String,long)] with a subject that ends with a number.
    EventWriter begin(
            long number,
            String source,
            String type,
            String subjectKind,
            long subject,
            long millis) {
        head(number, source, type, subjectKind);
        digits(subject);
        return openData(millis);
    }

    private void head(long number, String source, String type, String subjectKind) {
        length = 0;
        ascii("{\"id\":\"");
        hex(scattered(number));
        ascii("\",\"source\":\"");
        ascii(Story.SOURCE_PREFIX);
        ascii(source);
        ascii("\",\"type\":\"");
        ascii(type);
        ascii("\",\"subject\":\"");
        ascii(subjectKind);
    }

    private EventWriter openData(long millis) {
        ascii("\",\"time\":\"");
        time(millis);
        ascii("\",\"data\":{");
        return this;
    }

    void end() {
        ascii("}}");
    }

    EventWriter field(String name, String value) {
        return field(name, "", value);
    }

    /// A field whose text has two parts: `"pod":"pod/cart-1"`.
    EventWriter field(String name, String head, String tail) {
        name(name);
        ascii("\"");
        ascii(head);
        ascii(tail);
        ascii("\"");
        return this;
    }

    /// A field whose text ends with a number: `"order":"order/17"`.
    EventWriter field(String name, String head, long tail) {
        name(name);
        ascii("\"");
        ascii(head);
        digits(tail);
        ascii("\"");
        return this;
    }

    EventWriter field(String name, long value) {
        name(name);
        digits(value);
        return this;
    }

    EventWriter field(String name, boolean value) {
        name(name);
        ascii(value ? "true" : "false");
        return this;
    }

    /// A field of 16 hexadecimal digits.
    EventWriter hexField(String name, long value) {
        name(name);
        ascii("\"");
        hex(value);
        ascii("\"");
        return this;
    }

    private void name(String name) {
        if (bytes[length - 1] != '{') {
            ascii(",");
        }
        ascii("\"");
        ascii(name);
        ascii("\":");
    }

    private long scattered(long number) {
        return Dice.mix(number + idSeed);
    }

    private void time(long millis) {
        int rest = (int) millis;
        ascii(DAY);
        pair(START_HOUR + rest / 3_600_000);
        ascii(":");
        pair(rest / 60_000 % 60);
        ascii(":");
        pair(rest / 1000 % 60);
        ascii(".");
        bytes[length++] = (byte) ('0' + rest / 100 % 10);
        pair(rest % 100);
        ascii("Z");
    }

    private void pair(int number) {
        bytes[length++] = (byte) ('0' + number / 10);
        bytes[length++] = (byte) ('0' + number % 10);
    }

    private void digits(long number) {
        room(20);
        long rest = number;
        if (rest < 0) {
            bytes[length++] = '-';
            rest = -rest;
        }
        int end = length + 1;
        for (long left = rest; left >= 10; left /= 10) {
            end++;
        }
        for (int at = end - 1; at >= length; at--) {
            bytes[at] = (byte) ('0' + rest % 10);
            rest /= 10;
        }
        length = end;
    }

    private void hex(long value) {
        room(16);
        for (int shift = 60; shift >= 0; shift -= 4) {
            bytes[length++] = HEX[(int) (value >>> shift) & 15];
        }
    }

    /// The one way of String to copy itself into bytes that are there already.
    @SuppressWarnings("deprecation")
    private void ascii(String text) {
        room(text.length());
        text.getBytes(0, text.length(), bytes, length);
        length += text.length();
    }

    private void room(int more) {
        if (length + more + 32 > bytes.length) {
            bytes = Arrays.copyOf(bytes, 2 * (length + more + 32));
        }
    }

    private String text() {
        return new String(bytes, 0, length, java.nio.charset.StandardCharsets.US_ASCII);
    }
}
