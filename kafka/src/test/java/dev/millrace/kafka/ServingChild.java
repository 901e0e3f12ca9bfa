package dev.millrace.kafka;

import dev.millrace.log.LocalLog;
import java.nio.file.Path;

/** Serves a directory until it is killed: {@code DIRECTORY PORT}; tells the port when it does. */
public final class ServingChild {
    private ServingChild() {}

    public static void main(String[] arguments) throws Exception {
        LocalLog log = LocalLog.open(Path.of(arguments[0]));
        KafkaServer server =
                KafkaServer.start(
                        log,
                        KafkaServerOptions.defaults()
                                .with("kafka.listen", "127.0.0.1:" + arguments[1])
                                .with("kafka.num.partitions", "4"));
        System.out.println("serving " + server.address().getPort());
        Thread.currentThread().join();
    }
}
