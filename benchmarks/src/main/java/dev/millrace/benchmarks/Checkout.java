package dev.millrace.benchmarks;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;

/// The checkout that this was built in: the jar lies in `benchmarks/target`.
public final class Checkout {
    private Checkout() {}

    /// Its folder.
    public static Path root() throws IOException {
        try {
            Path jar =
                    Path.of(
                            Checkout.class
                                    .getProtectionDomain()
                                    .getCodeSource()
                                    .getLocation()
                                    .toURI());
            Path root = jar.resolve("../../..").normalize();
            if (!Files.exists(root.resolve("BENCHMARKS.md"))) {
                throw new IOException("there is no BENCHMARKS.md in " + root);
            }
            return root;
        } catch (URISyntaxException e) {
            throw new IOException(e);
        }
    }
}
