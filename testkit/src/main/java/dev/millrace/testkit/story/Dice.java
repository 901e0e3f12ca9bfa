package dev.millrace.testkit.story;

/// Seeded random numbers: SplitMix64 (Steele, Lea, Flood, "Fast splittable pseudorandom number
/// generators", 2014). For one thread.
final class Dice {
    private long state;

    Dice(long seed) {
        state = mix(seed);
    }

    /// Scatters a number over all 64 bits; different numbers stay different.
    static long mix(long value) {
        long z = value + 0x9E3779B97F4A7C15L;
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }

    long next() {
        state += 0x9E3779B97F4A7C15L;
        return mix(state);
    }

    /// From 0 to `bound` - 1.
    int below(int bound) {
        return (int) (((next() >>> 33) * bound) >>> 31);
    }

    /// From `least` to `most`.
    int between(int least, int most) {
        return least + below(most - least + 1);
    }

    /// True with this probability.
    boolean chance(double probability) {
        return (next() >>> 11) * 0x1p-53 < probability;
    }

    /// Skewed towards `least`, as latencies are: half of the results lie in the lowest eighth.
    int skewed(int least, int most) {
        double x = (next() >>> 11) * 0x1p-53;
        return least + (int) (x * x * x * (most - least));
    }

    /// A word of letters and digits as Kubernetes puts into names.
    String suffix(int letters) {
        String alphabet = "bcdfghjklmnpqrstvwxz2456789";
        StringBuilder word = new StringBuilder(letters);
        for (int i = 0; i < letters; i++) {
            word.append(alphabet.charAt(below(alphabet.length())));
        }
        return word.toString();
    }
}
