package io.chiaro.train;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.LongSupplier;

/**
 * Shows a run while it goes on. On a terminal it is one line that is drawn again ten times a second at most; elsewhere, in
 * a log file or under a build server, it is a plain line every so many seconds. Judgements, warnings and the end get a
 * line of their own.
 *
 * <p>The time left is the steps left by the exponentially averaged time of a step. Time comes in through a supplier.
 *
 * <p>Mutable; belongs to the thread that trains.
 */
public final class ProgressBar implements TrainingListener {

    private static final long NANOS = 1_000_000_000L;
    private static final long REDRAW = NANOS / 10;
    private static final double MEMORY = 0.95;

    /**
     * How to show it.
     *
     * @param terminal whether one line can be drawn again with a carriage return
     * @param unicode whether the bar may use box characters
     * @param columns of the terminal; what does not fit is left out from the right
     * @param plainSeconds between two plain lines where there is no terminal
     */
    public record Display(boolean terminal, boolean unicode, int columns, int plainSeconds) {
        public Display {
            if (columns < 20 || plainSeconds < 1) {
                throw new IllegalArgumentException(
                        "ProgressBar.Display: expected at least 20 columns and 1 second, but got " + columns + " and "
                                + plainSeconds);
            }
        }

        /** A terminal of 120 columns. */
        public static Display onTerminal() {
            return new Display(true, true, 120, 10);
        }

        /** A plain line every ten seconds. */
        public static Display plain() {
            return new Display(false, false, 240, 10);
        }
    }

    private final Appendable out;
    private final Display display;
    private final LongSupplier nanoTime;
    private final TrainingEvent.Visitor drawer = new Drawer();

    private long lastDrawn = Long.MIN_VALUE;
    private boolean lineOpen;
    private String collapse = "";
    private String unit = "tokens";

    // Averages with their weight, so that the first steps are not pulled towards zero.
    private double weight;
    private double seconds;
    private double tokens;
    private double loss;
    private double padding;

    private ProgressBar(Appendable out, Display display, LongSupplier nanoTime) {
        this.out = out;
        this.display = display;
        this.nanoTime = nanoTime;
    }

    /** A bar that writes to {@code out}, for example standard error, and asks {@code System::nanoTime} for the time. */
    public static ProgressBar create(Appendable out, Display display, LongSupplier nanoTime) {
        return new ProgressBar(out, display, nanoTime);
    }

    @Override
    public void on(TrainingEvent event) {
        event.accept(drawer);
    }

    private final class Drawer implements TrainingEvent.Visitor {

        @Override
        public void started(TrainingEvent.RunStarted event) {
            unit = event.unit();
            String from = event.step() == 0 ? "" : " from step " + event.step();
            say(event.run() + ": " + event.steps() + " steps" + from);
        }

        @Override
        public void stepped(TrainingEvent.StepDone event) {
            weight = MEMORY * weight + 1 - MEMORY;
            seconds = MEMORY * seconds + (1 - MEMORY) * event.seconds();
            tokens = MEMORY * tokens + (1 - MEMORY) * event.tokens();
            loss = MEMORY * loss + (1 - MEMORY) * event.loss();
            padding = MEMORY * padding + (1 - MEMORY) * event.paddingShare();
            long now = nanoTime.getAsLong();
            long pause = display.terminal() ? REDRAW : display.plainSeconds() * NANOS;
            boolean first = lastDrawn == Long.MIN_VALUE;
            if (first || now - lastDrawn >= pause || event.step() == event.steps()) {
                lastDrawn = now;
                draw(event);
            }
        }

        @Override
        public void evaluated(TrainingEvent.Evaluated event) {
            List<String> parts = new ArrayList<>();
            event.metrics().forEach((key, value) -> parts.add(key + " " + decimal(value)));
            say("step " + event.step() + "  " + event.name() + "  " + String.join("  ", parts));
        }

        @Override
        public void collapseChecked(TrainingEvent.CollapseChecked event) {
            CollapseVerdict verdict = event.verdict();
            String word = verdict.level().name().toLowerCase(Locale.ROOT);
            if (verdict.level() != CollapseVerdict.Level.HEALTHY && !word.equals(collapse)) {
                say("step " + event.step() + "  " + word + ": " + verdict.reason());
            }
            collapse = word;
        }

        @Override
        public void bestChanged(TrainingEvent.BestChanged event) {
            String before = Double.isNaN(event.previous()) ? "" : ", before " + decimal(event.previous());
            say("step " + event.step() + "  best " + event.metric() + " " + decimal(event.value()) + before);
        }

        @Override
        public void finished(TrainingEvent.RunFinished event) {
            // The error of a run that failed is told by whoever catches it; twice would be once too often.
            String message = event.ending() == TrainingEvent.Ending.FAILED ? "The run failed" : event.message();
            say(message + " (" + event.step() + " steps, " + clock(event.seconds()) + ", " + count(event.tokens()) + " "
                    + unit + ")");
        }
    }

    private void draw(TrainingEvent.StepDone event) {
        double share = event.step() / (double) Math.max(1, event.steps());
        double left = (event.steps() - event.step()) * seconds / weight;
        List<String> parts = new ArrayList<>();
        parts.add(String.format(Locale.ROOT, "%3d%%", (int) Math.floor(100 * share)));
        parts.add("step " + event.step() + "/" + event.steps());
        parts.add("eta " + clock(left));
        String chance = Double.isNaN(event.chanceLoss()) ? "" : " (chance " + decimal(event.chanceLoss()) + ")";
        parts.add("loss " + decimal(loss / weight) + chance);
        parts.add(count(seconds == 0 ? 0 : tokens / seconds) + " " + unit + "/s");
        parts.add("padding " + Math.round(100 * padding / weight) + "%");
        if (!collapse.isEmpty()) {
            parts.add(collapse);
        }
        if (!display.terminal()) {
            write(String.join("  ", parts) + "\n");
            return;
        }
        StringBuilder line = new StringBuilder(bar(share));
        for (String part : parts) {
            // The last column stays free: some terminals wrap when it is filled.
            if (line.length() + 2 + part.length() >= display.columns()) {
                break;
            }
            line.append(line.length() == 0 ? "" : "  ").append(part);
        }
        write("\r" + line + "\u001b[K");
        lineOpen = true;
    }

    private String bar(double share) {
        int width = Math.min(24, display.columns() / 4);
        int full = (int) Math.floor(share * width);
        return display.unicode()
                ? "\u2501".repeat(full) + "\u2500".repeat(width - full)
                : "[" + "#".repeat(full) + ".".repeat(width - full) + "]";
    }

    private void say(String line) {
        write((lineOpen ? "\r\u001b[K" : "") + line + "\n");
        lineOpen = false;
    }

    private void write(String text) {
        try {
            out.append(text);
            if (out instanceof java.io.Flushable flushable) {
                flushable.flush();
            }
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private static String decimal(double value) {
        return Math.abs(value) >= 0.0005 && Math.abs(value) < 10_000 || value == 0
                ? String.format(Locale.ROOT, Math.abs(value) < 10 ? "%.3f" : "%.1f", value)
                : String.format(Locale.ROOT, "%.2g", value);
    }

    private static String count(double value) {
        if (value >= 1e6) {
            return String.format(Locale.ROOT, "%.1fM", value / 1e6);
        }
        return value >= 1e4
                ? String.format(Locale.ROOT, "%.1fk", value / 1e3)
                : String.format(Locale.ROOT, "%.0f", value);
    }

    private static String clock(double seconds) {
        long whole = Math.round(seconds);
        return whole >= 3600
                ? String.format(Locale.ROOT, "%d:%02d:%02d", whole / 3600, whole / 60 % 60, whole % 60)
                : String.format(Locale.ROOT, "%d:%02d", whole / 60, whole % 60);
    }
}
