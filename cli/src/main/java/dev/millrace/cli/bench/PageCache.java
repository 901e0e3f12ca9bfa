package dev.millrace.cli.bench;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Stream;

/// Makes files cold: has the kernel write them and drop their pages from the page cache
/// (`posix_fadvise` with `POSIX_FADV_DONTNEED`). Pages that a process has mapped stay, so the files
/// must be closed before. On Linux.
final class PageCache {
    private static final int READ_ONLY = 0;
    private static final int DONT_NEED = 4;

    private PageCache() {}

    /// @throws IOException where the system does not do so
    static void drop(Path folder) throws IOException {
        List<Path> files;
        try (Stream<Path> all = Files.walk(folder)) {
            files = all.filter(Files::isRegularFile).toList();
        }
        for (Path file : files) {
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
                channel.force(false); // pages that are not on the disk are not dropped
            }
            int problem = dropFile(file);
            if (problem != 0) {
                throw new IOException("posix_fadvise(%s): error %d".formatted(file, problem));
            }
        }
    }

    private static int dropFile(Path file) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment name = arena.allocateFrom(file.toAbsolutePath().toString());
            int descriptor = (int) Calls.OPEN.invokeExact(name, READ_ONLY);
            if (descriptor < 0) {
                throw new IOException("cannot open " + file);
            }
            try {
                return (int) Calls.ADVISE.invokeExact(descriptor, 0L, 0L, DONT_NEED);
            } finally {
                int _ = (int) Calls.CLOSE.invokeExact(descriptor);
            }
        } catch (IOException e) {
            throw e;
        } catch (Throwable e) {
            throw new IOException("the page cache cannot be dropped here: " + e, e);
        }
    }

    /// Looked up when they are first needed.
    private static final class Calls {
        private static final Linker LINKER = Linker.nativeLinker();
        private static final SymbolLookup LIBC = LINKER.defaultLookup();

        static final MethodHandle OPEN =
                call(
                        "open",
                        FunctionDescriptor.of(
                                ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_INT),
                        Linker.Option.firstVariadicArg(2));
        static final MethodHandle ADVISE =
                call(
                        "posix_fadvise",
                        FunctionDescriptor.of(
                                ValueLayout.JAVA_INT,
                                ValueLayout.JAVA_INT,
                                ValueLayout.JAVA_LONG,
                                ValueLayout.JAVA_LONG,
                                ValueLayout.JAVA_INT));
        static final MethodHandle CLOSE =
                call("close", FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));

        private static MethodHandle call(
                String name, FunctionDescriptor shape, Linker.Option... options) {
            return LINKER.downcallHandle(LIBC.findOrThrow(name), shape, options);
        }
    }
}
