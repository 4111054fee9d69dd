package io.chiaro.cli.console;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What happens when the process is asked to end, by Ctrl-C or by a signal: work that can stop in good order is asked to, and
 * the process ends with the exit code of its command. Other work ends at once.
 *
 * <p>The JVM waits for its hooks, and {@code System.exit} waits for the JVM: a hook that waited for the main thread to end
 * would wait for ever. So the main thread says when all is done, and the hook ends the process.
 */
public final class Interruption {

    /** A step that is under way, a judgement and a checkpoint fit in here. */
    private static final long MINUTES = 5;

    private static final AtomicReference<@Nullable Runnable> WORK = new AtomicReference<>();
    private static final CountDownLatch OVER = new CountDownLatch(1);
    private static volatile int exitCode;

    private Interruption() {}

    /** Called once by the program, before its command. */
    public static void watch() {
        Runtime.getRuntime().addShutdownHook(new Thread(Interruption::end, "interruption"));
    }

    /** Runs work that can be asked to stop; a request comes from another thread. */
    public static <T> T during(Runnable requestStop, Supplier<T> work) {
        WORK.set(requestStop);
        try {
            return work.get();
        } finally {
            WORK.set(null);
        }
    }

    /** Called by the program when its command has ended and all is written. */
    public static void over(int code) {
        exitCode = code;
        OVER.countDown();
    }

    private static void end() {
        Runnable requestStop = WORK.get();
        if (requestStop == null || OVER.getCount() == 0) {
            return;
        }
        requestStop.run();
        try {
            if (OVER.await(MINUTES, TimeUnit.MINUTES)) {
                Runtime.getRuntime().halt(exitCode);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
