package dev.millrace.log.internal;

import dev.millrace.log.EventLog;
import dev.millrace.log.LogException;
import dev.millrace.log.LogException.Code;
import dev.millrace.log.RunningView;
import dev.millrace.log.StoredView;
import dev.millrace.log.View;
import dev.millrace.log.ViewStatus;
import dev.millrace.log.Views;
import dev.millrace.log.internal.ViewDirectory.Slot;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/// The views of one log: those that are being run, and what is stored.
public final class LocalViews implements Views {
    private final ViewHome home;
    private final Map<String, LiveView<?>> running = new ConcurrentHashMap<>();
    private boolean closed;

    LocalViews(ViewHome home) {
        this.home = home;
    }

    /// As [Views#over].
    public static Views over(EventLog log, UUID logId, Path directory) {
        return new LocalViews(new ViewHome.OfAnyLog(log, logId, new FileStorage(), directory));
    }

    @Override
    public synchronized <V extends View> RunningView<V> run(V view) {
        if (closed) {
            throw new LogException(Code.CLOSED, "the log of view '" + view.name() + "' is closed");
        }
        ViewOpening.check(view);
        requireNotRunning(view.name());
        try {
            String name = view.name();
            LiveView<V> live = LiveView.open(home, view, () -> running.remove(name));
            running.put(name, live);
            return live;
        } catch (IOException e) {
            throw failed("view '" + view.name() + "' cannot be run", e);
        }
    }

    private static LogException failed(String what, IOException e) {
        return DiskSpace.isFull(e)
                ? DiskSpace.full(what, e)
                : new LogException(Code.IO, what + ": " + e, e);
    }

    private void requireNotRunning(String name) {
        if (running.containsKey(name)) {
            throw ViewOpening.invalid(
                    "view '%s' is being run: close it first, or replace it by another version"
                            .formatted(name));
        }
    }

    @Override
    public List<StoredView> stored() {
        try {
            List<StoredView> stored = new ArrayList<>();
            for (String name : home.storage().list(home.directory())) {
                stored.add(stored(name));
            }
            return List.copyOf(stored);
        } catch (IOException e) {
            throw failed("the views in " + home.directory() + " cannot be listed", e);
        }
    }

    private StoredView stored(String name) throws IOException {
        LiveView<?> live = running.get(name);
        ViewDirectory directory = live == null ? directory(name) : live.directory();
        boolean runs = live != null;
        String problem = "there is no checkpoint yet";
        try {
            for (Slot slot : Slot.values()) {
                ViewCheckpoint found = directory.read(slot);
                if (found != null) {
                    return new StoredView(
                            name,
                            found.codeVersion(),
                            found.generation(),
                            found.savedAtMillis(),
                            found.bytes(),
                            found.sources().stream()
                                    .map(
                                            s ->
                                                    new StoredView.Position(
                                                            s.partition(), s.nextOffset()))
                                    .toList(),
                            found.parked(),
                            runs,
                            null);
                }
            }
        } catch (UnusableCheckpointException e) {
            problem = e.why();
        }
        return new StoredView(name, "", 0, 0, 0, List.of(), List.of(), runs, problem);
    }

    private ViewDirectory directory(String name) {
        return new ViewDirectory(home.storage(), home.directory().resolve(name));
    }

    @Override
    public synchronized void delete(String name) {
        ViewOpening.checkName(name);
        requireNotRunning(name);
        try {
            ViewDirectory directory = directory(name);
            if (!directory.exists()) {
                throw new LogException(
                        Code.UNKNOWN_VIEW, "nothing is stored of a view '%s'".formatted(name));
            }
            directory.delete();
        } catch (IOException e) {
            throw failed("view '" + name + "' cannot be deleted", e);
        }
    }

    /// How far those that run are, in order of name.
    List<ViewStatus> statuses() {
        return running.values().stream()
                .map(LiveView::status)
                .sorted(Comparator.comparing(ViewStatus::name))
                .toList();
    }

    @Override
    public synchronized void close() {
        closed = true;
        List.copyOf(running.values()).forEach(LiveView::close);
    }
}
