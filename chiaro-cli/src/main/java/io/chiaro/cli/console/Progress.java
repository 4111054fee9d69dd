package io.chiaro.cli.console;

import java.io.PrintStream;
import java.util.Locale;

/**
 * Shows how far a piece of work has come: on a terminal one line that renews itself, otherwise a line every ten seconds,
 * and nothing for work that is done within a second. One thread at a time.
 */
public final class Progress implements AutoCloseable {

    private static final long TERMINAL_PERIOD = 200_000_000L;
    private static final long FILE_PERIOD = 10_000_000_000L;

    private final PrintStream stream;
    private final boolean shown;
    private final boolean terminal = Boolean.getBoolean("chiaro.terminal");
    private final String what;
    private final String unit;
    private final long total;
    private final long start = System.nanoTime();
    private long last = start + 800_000_000L;
    private long done;
    private boolean written;

    /** @param total how much there is to do; 0 if that is not known */
    Progress(PrintStream stream, boolean shown, String what, String unit, long total) {
        this.stream = stream;
        this.shown = shown;
        this.what = what;
        this.unit = unit;
        this.total = total;
    }

    /** Says how much is done by now. */
    void at(long now) {
        done = now;
        long time = System.nanoTime();
        if (shown && time - last >= (terminal ? TERMINAL_PERIOD : FILE_PERIOD)) {
            last = time;
            write(time, false);
        }
    }

    /** Says how much more is done. */
    public void more(long count) {
        at(done + count);
    }

    private void write(long time, boolean end) {
        double seconds = (time - start) / 1e9;
        double rate = done / Math.max(seconds, 1e-9);
        StringBuilder line = new StringBuilder(what).append(": ").append(String.format(Locale.ROOT, "%,d", done));
        if (total > 0) {
            line.append(String.format(Locale.ROOT, " of %,d", total));
        }
        line.append(' ').append(unit).append(String.format(Locale.ROOT, ", %,.0f a second", rate));
        if (end) {
            line.append(", ").append(duration(seconds));
        } else if (total > 0 && done > 0) {
            line.append(", ").append(duration((total - done) / rate)).append(" left");
        }
        stream.print(terminal ? "\r\u001b[K" + line + (end ? "\n" : "") : line + "\n");
        stream.flush();
        written = true;
    }

    /** 45 s, 3 min 20 s, 1 h 5 min. */
    static String duration(double seconds) {
        long whole = Math.round(seconds);
        if (whole < 60) {
            return whole + " s";
        }
        if (whole < 3600) {
            return whole / 60 + " min" + (whole % 60 == 0 ? "" : " " + whole % 60 + " s");
        }
        return whole / 3600 + " h" + (whole % 3600 / 60 == 0 ? "" : " " + whole % 3600 / 60 + " min");
    }

    @Override
    public void close() {
        if (shown && written) {
            write(System.nanoTime(), true);
        }
    }
}
