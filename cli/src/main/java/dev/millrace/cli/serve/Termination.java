package dev.millrace.cli.serve;

import java.lang.reflect.Proxy;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/// Told to end by SIGTERM or SIGINT. The first one asks for an orderly end; a second one ends the
/// process at once, with 128 and its number as exit code.
///
/// A shutdown hook would not do: a process that ends that way has exit code 143, and takes no
/// second signal. The JDK's own signals (`sun.misc.Signal`, of the module `jdk.unsupported`) are
/// called by reflection, since the compiler's warning of that package cannot be turned off.
public final class Termination {
    private static final int SIGNALLED = 128;
    private static final int SIGINT = 2;
    private static final int SIGTERM = 15;

    private final CountDownLatch asked = new CountDownLatch(1);
    private final AtomicInteger signals = new AtomicInteger();

    /// Listens to signals from now on.
    public static Termination listen() {
        Termination termination = new Termination();
        termination.listenTo("TERM", SIGTERM);
        termination.listenTo("INT", SIGINT);
        return termination;
    }

    private void listenTo(String name, int number) {
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> handler = Class.forName("sun.misc.SignalHandler");
            Object ours =
                    Proxy.newProxyInstance(
                            handler.getClassLoader(),
                            new Class<?>[] {handler},
                            (proxy, method, arguments) -> {
                                if (method.getName().equals("handle")) {
                                    signalled(number);
                                }
                                return null;
                            });
            signal.getMethod("handle", signal, handler)
                    .invoke(null, signal.getConstructor(String.class).newInstance(name), ours);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("this JDK has no signals", e);
        }
    }

    private void signalled(int number) {
        if (signals.incrementAndGet() > 1) {
            Runtime.getRuntime().halt(SIGNALLED + number);
        }
        asked.countDown();
    }

    /// Waits until it is.
    public void await() {
        try {
            asked.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
