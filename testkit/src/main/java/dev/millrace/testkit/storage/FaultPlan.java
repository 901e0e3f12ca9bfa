package dev.millrace.testkit.storage;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// Which calls of a [FaultStorage] are to fail. Guarded by the storage.
final class FaultPlan {
    private record Rule(Predicate<Call> calls, Fault fault, boolean once) {}

    private final Map<Long, Fault> byIndex = new HashMap<>();
    private final List<Rule> rules = new ArrayList<>();
    private long calls;

    long calls() {
        return calls;
    }

    void at(long index, Fault fault) {
        byIndex.put(index, fault);
    }

    void when(Predicate<Call> which, Fault fault, boolean once) {
        rules.add(new Rule(which, fault, once));
    }

    void clear() {
        byIndex.clear();
        rules.clear();
    }

    /// Counts a call and says how it fails; null where it does not.
    @Nullable Fault next(Call.Kind kind, Path path) {
        Call call = new Call(calls++, kind, path);
        Fault fault = byIndex.get(call.index());
        if (fault != null) {
            return fault;
        }
        for (Iterator<Rule> each = rules.iterator(); each.hasNext(); ) {
            Rule rule = each.next();
            if (rule.calls.test(call)) {
                if (rule.once) {
                    each.remove();
                }
                return rule.fault;
            }
        }
        return null;
    }
}
