package dev.millrace.log.internal;

import dev.millrace.log.LogOptions;
import java.io.Closeable;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.ref.Cleaner;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// What a log has open and somebody must close: cursors and appenders, by those who asked for them;
/// files and mappings, by the log itself. What is still open when the log is closed is reported,
/// and so is a cursor or appender that nobody closed and nobody can reach any more.
///
/// They are always counted. Where each was opened is kept only where that is asked for, since
/// looking takes longer than opening.
///
/// For any number of threads.
public final class OpenHandles {
    private static final System.Logger LOG = System.getLogger("dev.millrace.log");
    private static final int FRAMES = 3;

    /// Set for the tests of this house: every log keeps places, and all are known here.
    private static final boolean TRACKED = Boolean.getBoolean("millrace.handles.tracked");

    private static final Set<OpenHandles> ALL = ConcurrentHashMap.newKeySet();

    /// What can be open.
    enum Kind {
        CURSOR,
        APPENDER,
        FILE
    }

    /// Begun with the first that is to be watched.
    private static final class Watcher {
        static final Cleaner CLEANER = Cleaner.create();
    }

    private final Set<Handle> open = ConcurrentHashMap.newKeySet();
    private final Map<MemorySegment.Scope, Long> mappings = new ConcurrentHashMap<>();
    private final boolean silent;
    private final boolean places;
    private final String origin;

    OpenHandles(LogOptions.Leaks leaks) {
        this.silent = leaks == LogOptions.Leaks.SILENT;
        this.places = leaks == LogOptions.Leaks.PLACES || TRACKED;
        this.origin = this.places ? place() : "";
        if (TRACKED) {
            ALL.add(this);
        }
    }

    /// One that is open.
    final class Handle {
        private final Kind kind;
        private final Object what;
        private final String place;
        private final Closeable resource;
        private final AtomicBoolean closed = new AtomicBoolean();
        private volatile boolean reported;
        private Cleaner.@Nullable Cleanable cleanable;
        private volatile @Nullable Segment entered;

        private Handle(Kind kind, Object what, String place, Closeable resource) {
            this.resource = resource;
            this.kind = kind;
            this.what = what;
            this.place = place;
        }

        /// It was closed.
        ///
        /// @return whether it was open until now
        boolean close() {
            if (!closed.compareAndSet(false, true)) {
                return false;
            }
            open.remove(this);
            if (cleanable != null) {
                cleanable.clean();
            }
            return true;
        }

        /// The cursor is in this segment now, and will leave it.
        void entered(Segment segment) {
            entered = segment;
        }

        /// Nobody can reach it any more; if it had been closed, all is well.
        private void collected() {
            if (closed.compareAndSet(false, true)) {
                open.remove(this);
                Segment left = entered;
                if (left != null) {
                    left.leave();
                }
                if (!reported && !silent) {
                    LOG.log(
                            System.Logger.Level.WARNING,
                            "a {0} was forgotten without being closed{1}",
                            this,
                            place.isEmpty() ? "; log.leaks=places tells where" : "");
                }
            }
        }

        @Override
        public String toString() {
            return kind.name().toLowerCase(java.util.Locale.ROOT)
                    + " on "
                    + what
                    + (place.isEmpty() ? "" : ", opened at " + place);
        }
    }

    /// A file of ours was opened.
    Handle file(Object what, Closeable file) {
        Handle handle = new Handle(Kind.FILE, what, origin, file);
        open.add(handle);
        return handle;
    }

    /// Closes the files that are open: the log is not, or not any more. Few are left, such as one
    /// whose size could not be asked when it had been opened.
    void closeFiles() {
        for (Handle handle : List.copyOf(open)) {
            if (handle.kind != Kind.FILE) {
                continue;
            }
            try {
                handle.close();
                handle.resource.close();
            } catch (IOException e) {
                // there is nothing in it that anybody was promised
            }
        }
    }

    /// Something was opened for a caller; it is watched until it is closed.
    Handle watch(Kind kind, Object what, Object opened) {
        Handle handle = new Handle(kind, what, places ? place() : "", () -> {});
        handle.cleanable = Watcher.CLEANER.register(opened, handle::collected);
        open.add(handle);
        return handle;
    }

    /// Bytes were mapped until `arena` is closed.
    void mapped(Arena arena, long bytes) {
        forgetUnmapped();
        mappings.merge(arena.scope(), bytes, Long::sum);
    }

    private void forgetUnmapped() {
        mappings.keySet().removeIf(scope -> !scope.isAlive());
    }

    long count(Kind kind) {
        return open.stream().filter(handle -> handle.kind == kind).count();
    }

    /// Bytes that are mapped now; a file that was mapped again as it grew counts each time.
    long mappedBytes() {
        forgetUnmapped();
        return mappings.values().stream().mapToLong(Long::longValue).sum();
    }

    /// The frames from where the log was called.
    private static String place() {
        return StackWalker.getInstance()
                .walk(
                        frames ->
                                frames.dropWhile(frame -> isOurs(frame.getClassName()))
                                        .limit(FRAMES)
                                        .map(StackWalker.StackFrame::toStackTraceElement)
                                        .map(StackTraceElement::toString)
                                        .collect(Collectors.joining(" < ")));
    }

    private static boolean isOurs(String className) {
        return className.equals(OpenHandles.class.getName())
                || className.equals(LogEngine.class.getName())
                || className.equals(dev.millrace.log.LocalLog.class.getName());
    }

    /// The log was closed: says what is still open.
    void reportOutstanding(Object log) {
        Collection<Handle> left = List.copyOf(open);
        left.forEach(handle -> handle.reported = true);
        if (outstanding().isEmpty()) {
            ALL.remove(this);
        } else if (!silent) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "the log in {0} was closed while {1} of its cursors, appenders and files were open{2}",
                    log,
                    left.size(),
                    places ? ": " + left : "; log.leaks=places tells where they were opened");
        }
    }

    /// In words, what is open.
    List<String> outstanding() {
        List<String> words = new ArrayList<>();
        open.forEach(handle -> words.add(handle.toString()));
        long bytes = mappedBytes();
        if (bytes > 0) {
            words.add("%,d mapped bytes of the log opened at %s".formatted(bytes, origin));
        }
        return words;
    }

    /// What is open in all logs of this process, where they are tracked. All of it is forgotten, so
    /// that it is told only once.
    public static List<String> takeOutstanding() {
        List<String> words = new ArrayList<>();
        for (OpenHandles handles : List.copyOf(ALL)) {
            ALL.remove(handles);
            words.addAll(handles.outstanding());
        }
        return words;
    }
}
