package dev.millrace.kafka.internal.admin;

import dev.millrace.kafka.internal.protocol.Caller;
import dev.millrace.kafka.internal.protocol.Handler;
import dev.millrace.log.EventLog;
import dev.millrace.log.LocalLog;
import dev.millrace.log.LogException;
import dev.millrace.log.TopicDescription;
import dev.millrace.log.TopicPartition;
import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.kafka.common.message.DescribeLogDirsRequestData;
import org.apache.kafka.common.message.DescribeLogDirsRequestData.DescribableLogDirTopic;
import org.apache.kafka.common.message.DescribeLogDirsRequestData.DescribableLogDirTopicCollection;
import org.apache.kafka.common.message.DescribeLogDirsResponseData;
import org.apache.kafka.common.message.DescribeLogDirsResponseData.DescribeLogDirsPartition;
import org.apache.kafka.common.message.DescribeLogDirsResponseData.DescribeLogDirsResult;
import org.apache.kafka.common.message.DescribeLogDirsResponseData.DescribeLogDirsTopic;

/// DescribeLogDirs: the log's one directory, with the bytes of batches in each partition.
public final class DescribeLogDirsHandler implements Handler<DescribeLogDirsRequestData> {
    private final EventLog log;

    public DescribeLogDirsHandler(EventLog log) {
        this.log = log;
    }

    @Override
    public DescribeLogDirsResponseData answer(DescribeLogDirsRequestData request, Caller caller) {
        DescribeLogDirsResult result = new DescribeLogDirsResult();
        measure(result);
        DescribableLogDirTopicCollection wanted = request.topics();
        for (TopicDescription topic : log.topics()) {
            DescribableLogDirTopic asked = wanted == null ? null : wanted.find(topic.name());
            if (wanted == null || asked != null) {
                List<Integer> numbers =
                        asked == null
                                ? IntStream.range(0, topic.partitions()).boxed().toList()
                                : asked.partitions();
                result.topics().add(describe(topic.name(), numbers));
            }
        }
        return new DescribeLogDirsResponseData().setResults(List.of(result));
    }

    /// A log that has no directory of its own says where it is in words.
    private void measure(DescribeLogDirsResult result) {
        result.setLogDir("remote");
        if (!(log instanceof LocalLog local)) {
            return;
        }
        result.setLogDir(local.directory().toAbsolutePath().toString());
        try {
            FileStore disk = Files.getFileStore(local.directory());
            result.setTotalBytes(disk.getTotalSpace()).setUsableBytes(disk.getUsableSpace());
        } catch (IOException e) {
            // in memory, or unknown: the protocol's -1 says so
        }
    }

    private DescribeLogDirsTopic describe(String name, List<Integer> numbers) {
        DescribeLogDirsTopic described = new DescribeLogDirsTopic().setName(name);
        for (int number : numbers.stream().distinct().toList()) {
            try {
                described
                        .partitions()
                        .add(
                                new DescribeLogDirsPartition()
                                        .setPartitionIndex(number)
                                        .setPartitionSize(
                                                log.sizeInBytes(new TopicPartition(name, number))));
            } catch (LogException e) {
                // there is no such partition, and so nothing of it in the directory
            }
        }
        return described;
    }
}
