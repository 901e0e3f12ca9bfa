import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassFile.ClassHierarchyResolverOption;
import java.lang.classfile.ClassFile.StackMapsOption;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassModel;
import java.net.URI;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Rewrites a jar's classes to the class file version of this Java, with the stack maps that it asks
 * for. Java's ahead-of-time cache leaves out classes older than version 50, so a jar compiled for
 * Java 5 costs its whole loading and verification at every start. The code itself does not change.
 */
class RaiseClassVersion {
    public static void main(String[] jars) throws IOException {
        for (String jar : jars) {
            Path raised = Path.of(jar + ".raised");
            Files.copy(Path.of(jar), raised, StandardCopyOption.REPLACE_EXISTING);
            raise(raised);
            Files.move(raised, Path.of(jar), StandardCopyOption.ATOMIC_MOVE);
        }
    }

    private static void raise(Path jar) throws IOException {
        URI uri = URI.create("jar:" + jar.toUri());
        try (FileSystem zip = FileSystems.newFileSystem(uri, Map.of());
                Stream<Path> files = Files.walk(zip.getPath("/"))) {
            List<Path> classes =
                    files.filter(f -> f.toString().endsWith(".class"))
                            .filter(f -> !f.endsWith("module-info.class"))
                            .toList();
            ClassFile classFile =
                    ClassFile.of(
                            StackMapsOption.GENERATE_STACK_MAPS,
                            ClassHierarchyResolverOption.of(hierarchyOf(zip)));
            for (Path file : classes) {
                Files.write(file, raised(classFile, Files.readAllBytes(file)));
            }
        }
    }

    private static ClassHierarchyResolver hierarchyOf(FileSystem zip) {
        return ClassHierarchyResolver.ofResourceParsing(
                        type -> {
                            String descriptor = type.descriptorString();
                            String name = descriptor.substring(1, descriptor.length() - 1);
                            Path file = zip.getPath("/" + name + ".class");
                            try {
                                return Files.exists(file) ? Files.newInputStream(file) : null;
                            } catch (IOException e) {
                                throw new UncheckedIOException(e);
                            }
                        })
                .orElse(ClassHierarchyResolver.defaultResolver());
    }

    private static byte[] raised(ClassFile classFile, byte[] bytes) {
        ClassModel model = classFile.parse(bytes);
        return classFile.build(
                model.thisClass().asSymbol(),
                to -> {
                    model.forEach(to);
                    to.withVersion(ClassFile.latestMajorVersion(), 0);
                });
    }
}
