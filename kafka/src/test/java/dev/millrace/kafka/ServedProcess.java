package dev.millrace.kafka;

import dev.millrace.log.LocalLog;
import dev.millrace.log.LogException;
import dev.millrace.log.TopicSpec;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.List;

/** A log that is served by a process of its own, until that is killed. */
final class ServedProcess implements AutoCloseable {
    private final Process process;

    private ServedProcess(Process process) {
        this.process = process;
    }

    static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    /** Returns once the process is there; its clients wait until it serves. */
    static ServedProcess start(Path directory, int port) throws IOException {
        List<String> command =
                List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--enable-native-access=ALL-UNNAMED",
                        "--sun-misc-unsafe-memory-access=allow",
                        "-Xmx256m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        ServedProcess.class.getName(),
                        directory.toString(),
                        Integer.toString(port));
        return new ServedProcess(
                new ProcessBuilder(command)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .start());
    }

    /** As kill -9 does. */
    @Override
    public void close() {
        process.destroyForcibly();
        try {
            process.waitFor();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Serves the directory until the parent has gone. */
    public static void main(String[] args) throws IOException {
        LocalLog log = LocalLog.open(Path.of(args[0]));
        try {
            log.createTopic(TopicSpec.named(Members.TOPIC).partitions(Members.PARTITIONS));
        } catch (LogException e) {
            if (e.code() != LogException.Code.TOPIC_EXISTS) {
                throw e;
            }
        }
        KafkaServer.start(
                log, KafkaServerOptions.defaults().with("kafka.listen", "127.0.0.1:" + args[1]));
        while (System.in.read() >= 0) {
            // until the end
        }
        Runtime.getRuntime().halt(0);
    }
}
