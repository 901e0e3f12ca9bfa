package dev.millrace.log.internal;

import java.util.List;

/// What somebody may have meant by a word that nobody knows.
public final class NearestWord {
    private NearestWord() {}

    /// The one of `known`, which is not empty, that takes the fewest edits to get to.
    public static String to(String word, List<String> known) {
        String best = known.getFirst();
        for (String candidate : known) {
            if (distance(word, candidate) < distance(word, best)) {
                best = candidate;
            }
        }
        return best;
    }

    /// Edits (insert, delete, replace a character) from one word to another.
    private static int distance(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int above = row[j];
                int replaced = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                row[j] = Math.min(replaced, Math.min(above, row[j - 1]) + 1);
                diagonal = above;
            }
        }
        return row[b.length()];
    }
}
