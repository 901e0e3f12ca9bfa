package dev.millrace.kafka.internal.group;

import dev.millrace.kafka.internal.protocol.Caller;
import dev.millrace.kafka.internal.protocol.Handler;
import java.util.Comparator;
import java.util.List;
import org.apache.kafka.common.message.ListGroupsRequestData;
import org.apache.kafka.common.message.ListGroupsResponseData;
import org.apache.kafka.common.message.ListGroupsResponseData.ListedGroup;

/// Answers ListGroups.
final class ListGroups implements Handler<ListGroupsRequestData> {
    private static final String TYPE = "classic";

    private final Groups groups;

    ListGroups(Groups groups) {
        this.groups = groups;
    }

    @Override
    public ListGroupsResponseData answer(ListGroupsRequestData request, Caller caller) {
        ListGroupsResponseData response = new ListGroupsResponseData();
        if (!admits(request.typesFilter(), TYPE)) {
            return response;
        }
        for (Group group : groups.all()) {
            ListedGroup listed = describe(group);
            if (admits(request.statesFilter(), listed.groupState())) {
                response.groups().add(listed);
            }
        }
        response.groups().sort(Comparator.comparing(ListedGroup::groupId));
        return response;
    }

    private static boolean admits(List<String> filter, String value) {
        return filter.isEmpty() || filter.stream().anyMatch(value::equalsIgnoreCase);
    }

    private static ListedGroup describe(Group group) {
        synchronized (group) {
            String type = group.protocolType();
            return new ListedGroup()
                    .setGroupId(group.id())
                    .setProtocolType(type == null ? "" : type)
                    .setGroupState(group.state().key())
                    .setGroupType(TYPE);
        }
    }
}
