package dev.millrace.cli;

import picocli.CommandLine.Option;

/// The option of every command that has a result.
final class JsonOption {
    static final String NAME = "--json";

    @Option(
            names = NAME,
            description =
                    "Print the result as JSON: an array of objects, or one object a line where"
                            + " records are printed. Errors too are an object.")
    private boolean json;

    boolean json() {
        return json;
    }
}
