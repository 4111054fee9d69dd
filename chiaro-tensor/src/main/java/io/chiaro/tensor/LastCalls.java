package io.chiaro.tensor;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * Lets a call of the native library come to its end before the process does. The JVM waits a third of a second for threads that are
 * in native code and then tears the libraries down under them; a call that is longer dies in what is no longer there, and a program
 * that was merely asked to end leaves the report of a crash.
 *
 * <p>When the JVM shuts down, new calls stand still until those under way are over, and for a moment longer, in which the process
 * usually ends. If it does not, because another shutdown hook waits for work that needs tensors, calls go on.
 */
final class LastCalls {

    private static final long LONGEST_CALL = TimeUnit.SECONDS.toNanos(30);
    private static final long MOMENT = TimeUnit.SECONDS.toNanos(1);
    private static final long LOOK = TimeUnit.MILLISECONDS.toNanos(2);

    /** How deep a thread is in calls. */
    private static final ThreadLocal<int[]> DEPTH = ThreadLocal.withInitial(() -> new int[1]);

    private static final AtomicInteger UNDER_WAY = new AtomicInteger();
    private static volatile boolean ending;

    private LastCalls() {}

    /** Called once, when the library has been loaded. */
    static void awaitAtTheEnd() {
        try {
            Runtime.getRuntime().addShutdownHook(new Thread(LastCalls::end, "chiaro-last-calls"));
        } catch (IllegalStateException alreadyEnding) {
            // Then nothing is torn down before it was ever used.
        }
    }

    /** Before a call; {@link #leave} must follow. */
    static void enter() {
        int[] depth = DEPTH.get();
        // A call within a call goes on with it.
        if (depth[0]++ > 0) {
            return;
        }
        UNDER_WAY.incrementAndGet();
        if (ending) {
            UNDER_WAY.decrementAndGet();
            standStill();
            UNDER_WAY.incrementAndGet();
        }
    }

    static void leave() {
        if (--DEPTH.get()[0] == 0) {
            UNDER_WAY.decrementAndGet();
        }
    }

    private static void standStill() {
        long since = System.nanoTime();
        while (ending && System.nanoTime() - since < LONGEST_CALL + MOMENT) {
            LockSupport.parkNanos(LOOK);
        }
    }

    private static void end() {
        ending = true;
        long since = System.nanoTime();
        while (UNDER_WAY.get() > 0 && System.nanoTime() - since < LONGEST_CALL) {
            LockSupport.parkNanos(LOOK);
        }
        // The process ends while this sleeps, unless another hook is at work.
        Thread goOn = new Thread(LastCalls::goOn, "chiaro-last-calls-over");
        goOn.setDaemon(true);
        goOn.start();
    }

    private static void goOn() {
        LockSupport.parkNanos(MOMENT);
        ending = false;
    }
}
