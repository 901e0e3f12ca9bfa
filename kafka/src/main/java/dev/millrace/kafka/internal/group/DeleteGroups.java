package dev.millrace.kafka.internal.group;

import dev.millrace.kafka.internal.protocol.Caller;
import dev.millrace.kafka.internal.protocol.Handler;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.message.DeleteGroupsRequestData;
import org.apache.kafka.common.message.DeleteGroupsResponseData;
import org.apache.kafka.common.message.DeleteGroupsResponseData.DeletableGroupResult;
import org.apache.kafka.common.protocol.Errors;

/// Answers DeleteGroups: groups without members go, and their offsets with them.
final class DeleteGroups implements Handler<DeleteGroupsRequestData> {
    private final Groups groups;

    DeleteGroups(Groups groups) {
        this.groups = groups;
    }

    @Override
    public DeleteGroupsResponseData answer(DeleteGroupsRequestData request, Caller caller) {
        DeleteGroupsResponseData response = new DeleteGroupsResponseData();
        for (String id : request.groupsNames()) {
            if (response.results().find(id) == null) {
                response.results()
                        .add(
                                new DeletableGroupResult()
                                        .setGroupId(id)
                                        .setErrorCode(delete(id).code()));
            }
        }
        return response;
    }

    /// Deletes a group, and returns once that is durable.
    Errors delete(String id) {
        Group group = groups.find(id);
        if (group == null) {
            return groups.missing(Errors.GROUP_ID_NOT_FOUND);
        }
        while (true) {
            CompletableFuture<Void> present;
            CompletableFuture<Errors> deleted = null;
            synchronized (group) {
                if (group.is(GroupState.DEAD)) {
                    return Errors.GROUP_ID_NOT_FOUND;
                }
                if (!group.is(GroupState.EMPTY)) {
                    return Errors.NON_EMPTY_GROUP;
                }
                present = group.lastWrite();
                if (present.isDone()) {
                    deleted = groups.delete(group);
                }
            }
            if (deleted != null) {
                return Groups.await(deleted, Errors.COORDINATOR_NOT_AVAILABLE);
            }
            if (!Groups.await(present.thenApply(_ -> true), false)) {
                return Errors.COORDINATOR_NOT_AVAILABLE;
            }
        }
    }
}
