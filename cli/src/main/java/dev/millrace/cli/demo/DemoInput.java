package dev.millrace.cli.demo;

import dev.millrace.cli.load.Line;
import java.io.IOException;

/// Events to load, one a line, the same ones in the same order whenever they are read.
public interface DemoInput {

    /// Reads all lines from the first on; blank ones are left out.
    void forEach(Listener listener) throws IOException;

    /// What it is, for people.
    String describe();

    /// Hears the lines, one after the other.
    @FunctionalInterface
    interface Listener {
        /// @param line valid until the next one
        void line(Line line) throws IOException;
    }
}
