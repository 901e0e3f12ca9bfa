package dev.millrace.cli.load;

import java.time.DateTimeException;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;

/// Event times as events write them: ISO 8601 (`2026-03-27T13:00:00.250Z`, with any offset; a blank
/// may stand for the `T`; without an offset it is UTC), or milliseconds since the epoch.
public final class Timestamps {
    /// What [#parse] answers where the text is no time.
    public static final long NONE = Long.MIN_VALUE;

    private Timestamps() {}

    /// Milliseconds since the epoch, or [#NONE].
    public static long parse(String text) {
        int length = text.length();
        if (length == 0) {
            return NONE;
        }
        long quick = quick(text);
        if (quick != NONE) {
            return quick;
        }
        try {
            if (text.chars().allMatch(Character::isDigit)) {
                return Long.parseLong(text);
            }
            String iso = text.replace(' ', 'T');
            int time = iso.indexOf('T');
            if (time < 0) {
                return LocalDateTime.parse(iso + "T00:00:00")
                        .toInstant(ZoneOffset.UTC)
                        .toEpochMilli();
            }
            boolean offset =
                    iso.endsWith("Z") || iso.indexOf('+', time) > 0 || iso.indexOf('-', time) > 0;
            return offset
                    ? OffsetDateTime.parse(iso).toInstant().toEpochMilli()
                    : LocalDateTime.parse(iso).toInstant(ZoneOffset.UTC).toEpochMilli();
        } catch (DateTimeException | NumberFormatException e) {
            return NONE;
        }
    }

    /// The commonest form, `2026-03-27T13:00:00.250Z` with any number of digits behind the point or
    /// none, without an object.
    private static long quick(String text) {
        int length = text.length();
        if (length < 20
                || text.charAt(length - 1) != 'Z'
                || text.charAt(10) != 'T'
                || text.charAt(4) != '-'
                || text.charAt(7) != '-'
                || text.charAt(13) != ':'
                || text.charAt(16) != ':'
                || (length > 20 && text.charAt(19) != '.')) {
            return NONE;
        }
        int year = digits(text, 0, 4);
        int month = digits(text, 5, 7);
        int day = digits(text, 8, 10);
        int hour = digits(text, 11, 13);
        int minute = digits(text, 14, 16);
        int second = digits(text, 17, 19);
        int millis = 0;
        for (int i = 20; i < length - 1; i++) {
            int digit = text.charAt(i) - '0';
            if (digit < 0 || digit > 9) {
                return NONE;
            }
            millis += i == 20 ? 100 * digit : i == 21 ? 10 * digit : i == 22 ? digit : 0;
        }
        if (year < 0 || month < 1 || month > 12 || day < 1 || day > 28) {
            return NONE; // the end of a month is left to those who know its length
        }
        if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 59) {
            return NONE;
        }
        return (epochDay(year, month, day) * 86_400 + hour * 3600L + minute * 60L + second) * 1000
                + millis;
    }

    private static int digits(String text, int from, int to) {
        int number = 0;
        for (int i = from; i < to; i++) {
            int digit = text.charAt(i) - '0';
            if (digit < 0 || digit > 9) {
                return -1;
            }
            number = 10 * number + digit;
        }
        return number;
    }

    /// Days since the epoch in the Gregorian calendar (Hinnant, "chrono-compatible low-level date
    /// algorithms").
    private static long epochDay(int year, int month, int day) {
        int y = month <= 2 ? year - 1 : year;
        int era = Math.floorDiv(y, 400);
        int yearOfEra = y - era * 400;
        int dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
        int dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear;
        return era * 146_097L + dayOfEra - 719_468;
    }
}
