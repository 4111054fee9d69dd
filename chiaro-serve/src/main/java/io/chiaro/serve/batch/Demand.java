package io.chiaro.serve.batch;

import java.time.Duration;

/**
 * Tells a burst, which may wait its turn, from demand that is more than can be computed and stays so. What is not computed yet, those
 * who were turned away included, is bounded where clients wait for their answers before they ask again, however many they are; it grows
 * from window to window where they ask whatever is answered. Not safe for several threads.
 *
 * <p>While it is not known which of the two it is, those who came last are served first: whichever it turns out to be, few have waited
 * long by then.
 */
final class Demand {

    /** How it is. */
    enum Kind {
        /** Who comes is served soon. */
        CALM,
        /** A wait begins; it is not known whether it will last. */
        RISING,
        /** Many wait, and they do not become more. */
        STEADY,
        /** More come than can be computed. */
        TOO_MUCH
    }

    private static final long WINDOW = Duration.ofMillis(250).toNanos();
    /** Requests that are computed in a window at the least, so that it tells something. */
    private static final int FEWEST = 8;
    /** After so long a window is over whatever was computed. */
    private static final long LONGEST = Duration.ofSeconds(2).toNanos();
    /** Windows without growth after which demand is not too much any longer; one may be chance. */
    private static final int STILL = 2;
    /** Of what is computed in a window, what more must be open at its end than at the end of the one before. */
    private static final double GROWTH = 0.2;

    private final long quick;
    private Kind kind = Kind.CALM;
    private long since;
    private int windows;
    private int still;
    private long open;
    private long peak;
    private long peakBefore;
    private long computed;

    /** @param quick up to which wait all is calm, in nanoseconds */
    Demand(long quick) {
        this.quick = quick;
    }

    Kind kind() {
        return kind;
    }

    /**
     * A request came, whether it is taken in or not.
     *
     * @param wait how long it would wait
     */
    void came(long now, double wait) {
        open++;
        look(now, wait);
        peak = Math.max(peak, open);
    }

    /**
     * A request was computed, or nobody waits for it any longer.
     *
     * @param wait of who would come now
     */
    void ended(long now, double wait) {
        open--;
        computed++;
        look(now, wait);
    }

    private void look(long now, double wait) {
        if (kind == Kind.CALM) {
            if (wait > quick) {
                begin(Kind.RISING, now);
            }
            return;
        }
        if (kind != Kind.TOO_MUCH && wait <= quick) {
            kind = Kind.CALM;
            return;
        }
        boolean over = now - since >= WINDOW && computed >= FEWEST;
        if (!over && now - since < LONGEST) {
            return;
        }
        // The first window shows how large a burst is, and is forgiven.
        boolean grows = windows > 0 && peak - peakBefore > Math.max(1, GROWTH * computed);
        still = grows ? 0 : still + 1;
        if (grows) {
            kind = Kind.TOO_MUCH;
        } else if (kind == Kind.TOO_MUCH) {
            kind = still >= STILL ? Kind.CALM : kind;
        } else if (windows > 0) {
            kind = Kind.STEADY;
        }
        windows++;
        since = now;
        peakBefore = peak;
        peak = open;
        computed = 0;
    }

    private void begin(Kind begun, long now) {
        kind = begun;
        windows = 0;
        since = now;
        peak = open;
        peakBefore = open;
        computed = 0;
    }
}
