package io.chiaro.train;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;

/**
 * A small plot drawn as SVG: lines, bands, points and histograms on two axes with round ticks. Lines differ by colour and
 * by dashes, so that they can be told apart without colours. A vertical axis that does not start at zero says so.
 *
 * <pre>{@code
 * Plot.of("Loss", "step", "loss").fromZero().line("train", steps, losses).reference("chance", Math.log(512))
 * }</pre>
 *
 * <p>Mutable until drawn; belongs to one thread.
 */
public final class Plot {

    private static final int WIDTH = 560;
    private static final int HEIGHT = 300;
    private static final int TOP = 36;
    private static final int RIGHT = 18;
    private static final int BOTTOM = 50;
    private static final double DIGIT = 8.6;
    private static final int BINS = 30;
    private static final int COLOURS = 6;

    private enum Style {
        LINE,
        DASHED,
        MARKED,
        FAINT,
        BAND,
        POINTS,
        HISTOGRAM
    }

    private record Series(
            Style style, String name, int colour, double[] x, double[] y, double[] top, List<String> labels) {}

    private final String title;
    private final String xLabel;
    private final String yLabel;
    private final List<Series> series = new ArrayList<>();
    private int colours;
    private boolean fromZero;
    private boolean wholeX;
    private boolean shares;
    private OptionalDouble ceiling = OptionalDouble.empty();
    private String note = "";

    private Plot(String title, String xLabel, String yLabel) {
        this.title = title;
        this.xLabel = xLabel;
        this.yLabel = yLabel;
    }

    /** An empty plot; name the unit in the label where there is one, {@code "tokens/s"}. */
    public static Plot of(String title, String xLabel, String yLabel) {
        return new Plot(title, xLabel, yLabel);
    }

    /** A plot of how often values occur. */
    public static Plot histogram(String title, String xLabel) {
        return new Plot(title, xLabel, "count").fromZero();
    }

    /**
     * A plot of how values are spread: each histogram in per cent of its own values, so that a thousand positives can be
     * seen beside a million negatives.
     */
    public static Plot distribution(String title, String xLabel) {
        Plot plot = new Plot(title, xLabel, "% of each").fromZero();
        plot.shares = true;
        return plot;
    }

    /** Lets the vertical axis hold zero. */
    public Plot fromZero() {
        fromZero = true;
        return this;
    }

    /** Lets the horizontal axis have whole numbers only, as steps are. */
    public Plot wholeX() {
        wholeX = true;
        return this;
    }

    /** Lets the vertical axis end at a value that cannot be exceeded, where the data come near it. */
    public Plot ceiling(double value) {
        ceiling = OptionalDouble.of(value);
        return this;
    }

    /** One sentence under the plot. */
    public Plot note(String sentence) {
        note = sentence;
        return this;
    }

    /** A line through points in the order given; a value that is not finite breaks it. */
    public Plot line(String name, double[] x, double[] y) {
        return add(Style.LINE, name, colours++, x, y, y, List.of());
    }

    /** A dashed line, for what the data are compared with. */
    public Plot dashed(String name, double[] x, double[] y) {
        return add(Style.DASHED, name, -1, x, y, y, List.of());
    }

    /** A line with a mark at each point, for few points. */
    public Plot marked(String name, double[] x, double[] y) {
        return add(Style.MARKED, name, colours++, x, y, y, List.of());
    }

    /** A thin pale line in the colour of the next series. */
    public Plot faint(String name, double[] x, double[] y) {
        return add(Style.FAINT, name, colours, x, y, y, List.of());
    }

    /** A pale band between two values in the colour of the next series. */
    public Plot band(String name, double[] x, double[] bottom, double[] top) {
        return add(Style.BAND, name, colours, x, bottom, top, List.of());
    }

    /** A dashed horizontal line. */
    public Plot reference(String name, double y) {
        return add(Style.DASHED, name, -1, new double[] {Double.NaN}, new double[] {y}, new double[] {y}, List.of());
    }

    /** Points without a line; {@code labels} are shown under the mouse and may be empty. */
    public Plot points(String name, double[] x, double[] y, List<String> labels) {
        return add(Style.POINTS, name, colours++, x, y, y, labels);
    }

    /** How often values occur in bins of equal width, shared by all histograms of the plot. */
    public Plot histogram(String name, double[] values) {
        return add(
                Style.HISTOGRAM,
                name,
                colours++,
                values,
                new double[values.length],
                new double[values.length],
                List.of());
    }

    private Plot add(Style style, String name, int colour, double[] x, double[] y, double[] top, List<String> labels) {
        if (x.length != y.length || x.length != top.length || !labels.isEmpty() && labels.size() != x.length) {
            throw new IllegalArgumentException("Plot: expected as many values as places of \"" + name + "\", but got "
                    + y.length + " and " + x.length);
        }
        series.add(new Series(style, name, colour, x.clone(), y.clone(), top.clone(), List.copyOf(labels)));
        return this;
    }

    /** The plot as an HTML figure with a legend and an SVG inside. */
    String html() {
        List<Series> drawn = new ArrayList<>();
        Axis horizontal = horizontalAxis();
        for (Series one : series) {
            drawn.add(one.style == Style.HISTOGRAM ? counted(one, horizontal) : one);
        }
        Axis vertical = verticalAxis(drawn);
        StringBuilder out = new StringBuilder("<figure class=\"plot\"><figcaption>")
                .append(HtmlReport.escape(title))
                .append("</figcaption>");
        legend(out);
        out.append(String.format(
                Locale.ROOT,
                "<svg viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"%s\">",
                WIDTH,
                HEIGHT,
                HtmlReport.escape(title + ": " + yLabel + " over " + xLabel)));
        Frame frame = new Frame(horizontal, vertical, left(vertical));
        axes(out, frame);
        for (Series one : drawn) {
            draw(out, frame, one);
        }
        out.append("</svg>");
        List<String> notes = new ArrayList<>();
        if (vertical.from() > 0) {
            notes.add("The vertical axis starts at " + vertical.format(vertical.from()) + ", not at 0.");
        }
        if (!note.isEmpty()) {
            notes.add(note);
        }
        if (!notes.isEmpty()) {
            out.append("<p class=\"note\">")
                    .append(HtmlReport.escape(String.join(" ", notes)))
                    .append("</p>");
        }
        return out.append("</figure>\n").toString();
    }

    private record Frame(Axis horizontal, Axis vertical, double left) {
        double x(double value) {
            return left + horizontal.share(value) * (WIDTH - RIGHT - left);
        }

        double y(double value) {
            return HEIGHT - BOTTOM - vertical.share(value) * (HEIGHT - BOTTOM - TOP);
        }
    }

    private Axis horizontalAxis() {
        double least = Double.POSITIVE_INFINITY;
        double most = Double.NEGATIVE_INFINITY;
        for (Series one : series) {
            for (double value : one.x) {
                if (Double.isFinite(value)) {
                    least = Math.min(least, value);
                    most = Math.max(most, value);
                }
            }
        }
        if (wholeX) {
            // The first step is 1; an axis from 0 costs nothing and reads better.
            return Axis.ofWhole(least > 0 && least < most / 4 ? 0 : least, most, 6);
        }
        boolean counts = series.stream().anyMatch(one -> one.style == Style.HISTOGRAM);
        return Axis.of(least, most, counts ? 10 : 6);
    }

    private Axis verticalAxis(List<Series> drawn) {
        double least = fromZero ? 0 : Double.POSITIVE_INFINITY;
        double most = fromZero ? 0 : Double.NEGATIVE_INFINITY;
        for (Series one : drawn) {
            for (int i = 0; i < one.y.length; i++) {
                if (Double.isFinite(one.y[i]) && Double.isFinite(one.top[i])) {
                    least = Math.min(least, one.y[i]);
                    most = Math.max(most, one.top[i]);
                }
            }
        }
        Axis axis = Axis.of(least, most, 5);
        if (ceiling.isPresent() && most <= ceiling.getAsDouble() && axis.to() > ceiling.getAsDouble()) {
            return Axis.of(least, ceiling.getAsDouble(), 5);
        }
        return axis;
    }

    private Series counted(Series values, Axis axis) {
        double width = (axis.to() - axis.from()) / BINS;
        double[] left = new double[BINS];
        double[] counts = new double[BINS];
        for (int bin = 0; bin < BINS; bin++) {
            left[bin] = axis.from() + bin * width;
        }
        double each = shares ? 100.0 / Math.max(1, values.x.length) : 1;
        for (double value : values.x) {
            if (Double.isFinite(value)) {
                counts[(int) Math.max(0, Math.min(BINS - 1, Math.floor((value - axis.from()) / width)))] += each;
            }
        }
        return new Series(values.style, values.name, values.colour, left, new double[BINS], counts, List.of());
    }

    private static double left(Axis vertical) {
        int longest = 1;
        for (double tick : vertical.ticks()) {
            longest = Math.max(longest, vertical.format(tick).length());
        }
        return 16 + longest * DIGIT;
    }

    private void legend(StringBuilder out) {
        if (series.size() == 1 && series.get(0).name.isEmpty()) {
            return;
        }
        out.append("<ul class=\"legend\">");
        for (Series one : series) {
            String sample = one.style == Style.POINTS
                    ? "<circle class=\"dot\" cx=\"13\" cy=\"6\" r=\"4\"/>"
                    : one.style == Style.BAND || one.style == Style.HISTOGRAM
                            ? "<rect class=\"area\" x=\"2\" y=\"1\" width=\"22\" height=\"10\"/>"
                            : "<path class=\"line" + dash(one) + (one.style == Style.FAINT ? " faint" : "")
                                    + "\" d=\"M1 6H25\"/>";
            out.append("<li class=\"")
                    .append(colour(one))
                    .append("\"><svg viewBox=\"0 0 26 12\" aria-hidden=\"true\">")
                    .append(sample)
                    .append("</svg>")
                    .append(HtmlReport.escape(one.name))
                    .append("</li>");
        }
        out.append("</ul>");
    }

    private static String colour(Series one) {
        return one.colour < 0 ? "reference" : "s" + one.colour % COLOURS;
    }

    private static String dash(Series one) {
        if (one.style == Style.DASHED) {
            return " dashed";
        }
        return one.colour > 0 && one.style != Style.FAINT ? " d" + one.colour % COLOURS : "";
    }

    private void axes(StringBuilder out, Frame frame) {
        double bottom = HEIGHT - BOTTOM;
        for (double tick : frame.vertical.ticks()) {
            double y = frame.y(tick);
            String kind = tick == 0 || tick == frame.vertical.from() ? "axis" : "grid";
            out.append(String.format(
                    Locale.ROOT,
                    "<path class=\"%s\" d=\"M%.1f %.1fH%d\"/><text x=\"%.1f\" y=\"%.1f\" text-anchor=\"end\">%s</text>",
                    kind,
                    frame.left,
                    y,
                    WIDTH - RIGHT,
                    frame.left - 8,
                    y + 4,
                    frame.vertical.format(tick)));
        }
        for (double tick : frame.horizontal.ticks()) {
            double x = frame.x(tick);
            out.append(String.format(
                    Locale.ROOT,
                    "<path class=\"axis\" d=\"M%.1f %.1fv5\"/><text x=\"%.1f\" y=\"%.1f\" text-anchor=\"middle\">%s</text>",
                    x,
                    bottom,
                    x,
                    bottom + 21,
                    frame.horizontal.format(tick)));
        }
        out.append(String.format(
                Locale.ROOT,
                "<text class=\"label\" x=\"4\" y=\"15\">%s</text>"
                        + "<text class=\"label\" x=\"%d\" y=\"%d\" text-anchor=\"end\">%s</text>",
                HtmlReport.escape(yLabel),
                WIDTH - RIGHT,
                HEIGHT - 8,
                HtmlReport.escape(xLabel)));
    }

    private void draw(StringBuilder out, Frame frame, Series one) {
        out.append("<g class=\"").append(colour(one)).append("\">");
        switch (one.style) {
            case BAND -> band(out, frame, one);
            case HISTOGRAM -> columns(out, frame, one);
            case POINTS -> dots(out, frame, one, "dot");
            case MARKED -> {
                path(out, frame, one);
                dots(out, frame, one, "mark");
            }
            case LINE, DASHED, FAINT -> path(out, frame, one);
        }
        out.append("</g>");
    }

    private static void path(StringBuilder out, Frame frame, Series one) {
        StringBuilder path = new StringBuilder();
        if (one.x.length == 1 && Double.isNaN(one.x[0])) {
            path.append(String.format(Locale.ROOT, "M%.1f %.1fH%d", frame.left, frame.y(one.y[0]), WIDTH - RIGHT));
        }
        boolean open = false;
        for (int i = 0; i < one.x.length; i++) {
            boolean visible = Double.isFinite(one.x[i]) && Double.isFinite(one.y[i]);
            if (visible) {
                path.append(String.format(
                        Locale.ROOT, "%s%.1f %.1f", open ? "L" : "M", frame.x(one.x[i]), frame.y(one.y[i])));
            }
            open = visible;
        }
        out.append("<path class=\"line")
                .append(dash(one))
                .append(one.style == Style.FAINT ? " faint" : "")
                .append("\" d=\"")
                .append(path)
                .append("\"/>");
    }

    private static void band(StringBuilder out, Frame frame, Series one) {
        StringBuilder path = new StringBuilder();
        for (int i = 0; i < one.x.length; i++) {
            path.append(String.format(
                    Locale.ROOT, "%s%.1f %.1f", i == 0 ? "M" : "L", frame.x(one.x[i]), frame.y(one.top[i])));
        }
        for (int i = one.x.length - 1; i >= 0; i--) {
            path.append(String.format(Locale.ROOT, "L%.1f %.1f", frame.x(one.x[i]), frame.y(one.y[i])));
        }
        out.append("<path class=\"area\" d=\"").append(path).append("Z\"/>");
    }

    private void columns(StringBuilder out, Frame frame, Series one) {
        double width = (WIDTH - RIGHT - frame.left) / BINS;
        for (int i = 0; i < one.x.length; i++) {
            if (one.top[i] > 0) {
                out.append(String.format(
                        Locale.ROOT,
                        "<rect class=\"area\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\"><title>%s</title></rect>",
                        frame.x(one.x[i]),
                        frame.y(one.top[i]),
                        width,
                        frame.y(0) - frame.y(one.top[i]),
                        HtmlReport.escape(one.name + ": "
                                + (shares
                                        ? String.format(Locale.ROOT, "%.2f %%", one.top[i])
                                        : String.valueOf(Math.round(one.top[i]))))));
            }
        }
    }

    private static void dots(StringBuilder out, Frame frame, Series one, String kind) {
        for (int i = 0; i < one.x.length; i++) {
            if (Double.isFinite(one.x[i]) && Double.isFinite(one.y[i])) {
                String label = one.labels.isEmpty()
                        ? String.format(Locale.ROOT, "%s: %.4g at %.6g", one.name, one.y[i], one.x[i])
                        : one.labels.get(i);
                out.append(String.format(
                        Locale.ROOT,
                        "<circle class=\"%s\" cx=\"%.1f\" cy=\"%.1f\" r=\"3.4\"><title>%s</title></circle>",
                        kind,
                        frame.x(one.x[i]),
                        frame.y(one.y[i]),
                        HtmlReport.escape(label)));
            }
        }
    }
}
