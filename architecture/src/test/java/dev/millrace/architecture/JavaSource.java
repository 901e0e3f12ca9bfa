package dev.millrace.architecture;

import com.sun.source.tree.BlockTree;
import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.LineMap;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.Tree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.SourcePositions;
import com.sun.source.util.TreePathScanner;
import com.sun.source.util.Trees;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/**
 * What the compiler's parser says about one file.
 *
 * @param types every declared type, nested ones as {@code Outer.Inner}, without the package
 * @param blocks methods, constructors and initializers, with their length
 */
record JavaSource(Path file, String packageName, List<String> types, List<Block> blocks) {

    /**
     * @param line of its first token, counted from 1
     * @param lines from the first token to the closing brace, both counted
     */
    record Block(String name, long line, long lines) {}

    static List<JavaSource> parse(List<Path> files) {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        try (StandardJavaFileManager manager =
                compiler.getStandardFileManager(null, null, StandardCharsets.UTF_8)) {
            JavacTask task =
                    (JavacTask)
                            compiler.getTask(
                                    null,
                                    manager,
                                    null,
                                    List.of("-proc:none"),
                                    null,
                                    manager.getJavaFileObjectsFromPaths(files));
            List<JavaSource> sources = new ArrayList<>();
            for (CompilationUnitTree unit : task.parse()) {
                sources.add(new Scanner(unit, Trees.instance(task)).source());
            }
            return sources;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static final class Scanner extends TreePathScanner<Void, Void> {
        private final CompilationUnitTree unit;
        private final SourcePositions positions;
        private final LineMap lines;
        private final Deque<String> outer = new ArrayDeque<>();
        private final List<String> types = new ArrayList<>();
        private final List<Block> blocks = new ArrayList<>();

        Scanner(CompilationUnitTree unit, Trees trees) {
            this.unit = unit;
            this.positions = trees.getSourcePositions();
            this.lines = unit.getLineMap();
        }

        JavaSource source() {
            scan(unit, null);
            String packageName =
                    unit.getPackageName() == null ? "" : unit.getPackageName().toString();
            return new JavaSource(
                    Path.of(unit.getSourceFile().toUri()), packageName, types, blocks);
        }

        @Override
        public Void visitClass(ClassTree type, Void unused) {
            String simple = type.getSimpleName().toString();
            if (simple.isEmpty()) {
                return super.visitClass(type, unused);
            }
            outer.addLast(simple);
            types.add(String.join(".", outer));
            super.visitClass(type, unused);
            outer.removeLast();
            return null;
        }

        @Override
        public Void visitMethod(MethodTree method, Void unused) {
            add(method.getName().toString(), method);
            return super.visitMethod(method, unused);
        }

        @Override
        public Void visitBlock(BlockTree block, Void unused) {
            if (getCurrentPath().getParentPath().getLeaf() instanceof ClassTree) {
                add(block.isStatic() ? "static initializer" : "initializer", block);
            }
            return super.visitBlock(block, unused);
        }

        private void add(String name, Tree tree) {
            long first = lines.getLineNumber(positions.getStartPosition(unit, tree));
            long last = lines.getLineNumber(positions.getEndPosition(unit, tree));
            blocks.add(new Block(name, first, last - first + 1));
        }
    }
}
