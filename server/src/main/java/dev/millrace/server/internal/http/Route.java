package dev.millrace.server.internal.http;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What is answered under a method and a path.
///
/// @param method in upper case; what answers `GET` answers `HEAD` too
/// @param pattern a path whose segments may be variables: `/v1/topics/{topic}/records`
/// @param handler answers
public record Route(String method, String pattern, HttpHandler handler) {

    /// The values of the pattern's variables in a path; null where the path is another.
    ///
    /// @param segments of the path, decoded
    @Nullable Map<String, String> match(List<String> segments) {
        String[] wanted = pattern.substring(1).split("/", -1);
        if (wanted.length != segments.size()) {
            return null;
        }
        Map<String, String> variables = new HashMap<>();
        for (int i = 0; i < wanted.length; i++) {
            String segment = segments.get(i);
            if (wanted[i].startsWith("{")) {
                variables.put(wanted[i].substring(1, wanted[i].length() - 1), segment);
            } else if (!wanted[i].equals(segment)) {
                return null;
            }
        }
        return variables;
    }
}
