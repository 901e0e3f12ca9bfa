package dev.millrace.cli.console;

import java.util.Locale;

/// Numbers for people.
public final class Figures {
    private static final String[] BYTE_UNITS = {"B", "kB", "MB", "GB", "TB"};

    private Figures() {}

    /// `1,234,567`.
    public static String count(long number) {
        return String.format(Locale.ROOT, "%,d", number);
    }

    /// `one line`, `2 lines`.
    public static String count(long number, String noun) {
        return number == 1 ? "one " + noun : count(number) + " " + noun + "s";
    }

    /// `12.3 MB`, in powers of ten.
    public static String bytes(long bytes) {
        int unit = 0;
        double left = (double) bytes;
        while (left >= 999.95 && unit < BYTE_UNITS.length - 1) {
            left /= 1000;
            unit++;
        }
        return String.format(
                Locale.ROOT, unit == 0 ? "%.0f %s" : "%.1f %s", left, BYTE_UNITS[unit]);
    }

    /// `640 µs`, `41 ms`, `2.13 s`.
    public static String time(long nanos) {
        if (nanos < 1_000_000) {
            return String.format(Locale.ROOT, "%d µs", nanos / 1000);
        }
        if (nanos < 1_000_000_000) {
            return String.format(Locale.ROOT, "%d ms", nanos / 1_000_000);
        }
        return String.format(Locale.ROOT, "%.2f s", nanos / 1e9);
    }

    /// `523,000/s`: three digits count, the others do not.
    public static String rate(long number, long nanos) {
        double perSecond = perSecond(number, nanos);
        double step = Math.pow(10, Math.max(0, Math.floor(Math.log10(Math.max(1, perSecond))) - 2));
        return count((long) (Math.round(perSecond / step) * step)) + "/s";
    }

    public static double perSecond(long number, long nanos) {
        return number / (Math.max(1, nanos) / 1e9);
    }
}
