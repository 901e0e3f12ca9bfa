package dev.millrace.cli.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.function.Consumer;

/// What the cases of one run share.
///
/// @param scratch where they put their data
/// @param progress told what is being done, in a few words
record Workbench(Scale scale, Values values, Scratch scratch, Consumer<String> progress) {

    /// A folder that nobody has used.
    Path folder(String name) throws IOException {
        return scratch.folder(name);
    }
}
