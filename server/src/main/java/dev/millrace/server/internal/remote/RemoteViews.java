package dev.millrace.server.internal.remote;

import dev.millrace.log.LogException;
import dev.millrace.log.RunningView;
import dev.millrace.log.StoredView;
import dev.millrace.log.View;
import dev.millrace.log.Views;
import java.util.List;

/// What is stored of views behind a server.
public final class RemoteViews implements Views {
    private final HttpLink link;

    public RemoteViews(HttpLink link) {
        this.link = link;
    }

    @Override
    public <V extends View> RunningView<V> run(V view) {
        throw new LogException(
                LogException.Code.NOT_SUPPORTED,
                "a view's code runs where its checkpoints are: not over a server, but over the log in its directory, or with Views.over and a directory of its own");
    }

    @Override
    public List<StoredView> stored() {
        return link.get("/v1/views").objects("items").stream().map(Answers::view).toList();
    }

    @Override
    public void delete(String name) {
        link.tell("DELETE", "/v1/views/" + HttpLink.segment(name));
    }

    @Override
    public void close() {}
}
