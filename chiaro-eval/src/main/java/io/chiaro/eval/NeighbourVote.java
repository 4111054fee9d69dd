package io.chiaro.eval;

import io.chiaro.core.ChiaroException;
import io.chiaro.core.Names;
import io.chiaro.model.TextVectors;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How the nearest rows with a label vote on the label of another. Libraries disagree in it, and an accuracy by neighbours means
 * little before it is said:
 *
 * <pre>
 * EVEN              the k of greatest cosine, one vote each
 * EXPONENTIAL       the same, exp(cosine / temperature) votes each (Wu et al., "Unsupervised Feature Learning via Non-Parametric
 *                   Instance Discrimination", CVPR 2018, section 3.4); lightly and MoCo's demo: k 200, temperature 0.1;
 *                   solo-learn's choice of cosine: k 20, temperature 0.07
 * INVERSE_DISTANCE  the k of least euclidean distance, 1 / (distance + 1e-5) votes each, lengths as they are; solo-learn: k 20
 * </pre>
 *
 * @param kind who is near and what a vote weighs
 * @param neighbours k, at least 1; all vote where there are fewer
 * @param temperature of {@link Kind#EXPONENTIAL}, above 0; 1 for the others, which have none
 */
public record NeighbourVote(Kind kind, int neighbours, double temperature) {

    private static final double EPSILON = 1e-5;

    /** Who is near and what a vote weighs. */
    public enum Kind {
        EVEN("even"),
        EXPONENTIAL("exponential"),
        INVERSE_DISTANCE("inverse-distance");

        private final String written;

        Kind(String written) {
            this.written = written;
        }

        private static Kind of(String name, String text) {
            for (Kind kind : values()) {
                if (kind.written.equals(text)) {
                    return kind;
                }
            }
            List<String> valid = List.of(EVEN.written, EXPONENTIAL.written, INVERSE_DISTANCE.written);
            throw ChiaroException.usage(
                    name + ": expected another vote, but found \"" + text + "\". " + Names.hint(text, valid));
        }
    }

    public NeighbourVote {
        if (neighbours < 1 || !(temperature > 0) || Double.isInfinite(temperature)) {
            throw new IllegalArgumentException("NeighbourVote: expected at least 1 neighbour and a temperature above 0,"
                    + " but found " + neighbours + " and " + temperature);
        }
        if (kind != Kind.EXPONENTIAL && temperature != 1) {
            throw new IllegalArgumentException("NeighbourVote: a temperature has no effect on " + kind.written);
        }
    }

    /** One vote each by cosine. */
    public static NeighbourVote even(int neighbours) {
        return new NeighbourVote(Kind.EVEN, neighbours, 1);
    }

    /** exp(cosine / temperature) votes each. */
    public static NeighbourVote exponential(int neighbours, double temperature) {
        return new NeighbourVote(Kind.EXPONENTIAL, neighbours, temperature);
    }

    /** 1 / (distance + 1e-5) votes each. */
    public static NeighbourVote inverseDistance(int neighbours) {
        return new NeighbourVote(Kind.INVERSE_DISTANCE, neighbours, 1);
    }

    /**
     * The vote of a text: {@code even,k=5}, {@code exponential,k=200,temperature=0.1} or {@code inverse-distance,k=20}. The last two
     * have these numbers unless told otherwise; of an even vote libraries agree on no k.
     *
     * @param name of the option, for the error
     */
    public static NeighbourVote parse(String name, String text) {
        String[] written = text.strip().split(",", -1);
        Kind kind = Kind.of(name, written[0].strip());
        List<String> choices = kind == Kind.EXPONENTIAL ? List.of("k", "temperature") : List.of("k");
        Map<String, String> told = new LinkedHashMap<>();
        for (int i = 1; i < written.length; i++) {
            String[] sides = written[i].strip().split("=", -1);
            if (sides.length != 2 || !choices.contains(sides[0])) {
                throw ChiaroException.usage(name + ": " + kind.written + " has no choice \"" + written[i] + "\". "
                        + Names.hint(sides[0], choices));
            }
            if (told.put(sides[0], sides[1]) != null) {
                throw ChiaroException.usage(name + ": " + sides[0] + " is told twice. Leave one out.");
            }
        }
        return switch (kind) {
            case EVEN ->
                even(neighbours(name, told)
                        .orElseThrow(() -> ChiaroException.usage(name
                                + ": expected a number of neighbours, as in even,k=5, but found \"" + text + "\".")));
            case EXPONENTIAL -> exponential(neighbours(name, told).orElse(200), temperature(name, told));
            case INVERSE_DISTANCE -> inverseDistance(neighbours(name, told).orElse(20));
        };
    }

    private static Optional<Integer> neighbours(String name, Map<String, String> told) {
        String text = told.get("k");
        if (text != null && !text.matches("[1-9][0-9]{0,6}")) {
            throw ChiaroException.usage(name + ": k expects a whole number of at least 1, but found \"" + text + "\".");
        }
        return Optional.ofNullable(text).map(Integer::valueOf);
    }

    private static double temperature(String name, Map<String, String> told) {
        String text = told.getOrDefault("temperature", "0.1");
        try {
            double temperature = Double.parseDouble(text);
            if (temperature > 0 && !Double.isInfinite(temperature)) {
                return temperature;
            }
        } catch (NumberFormatException e) {
            // said below
        }
        throw ChiaroException.usage(name + ": temperature expects a number above 0, but found \"" + text + "\".");
    }

    /** Whether rows are compared at length one. */
    boolean comparesUnits() {
        return kind != Kind.INVERSE_DISTANCE;
    }

    /** Greater where rows are nearer: the cosine of rows of length one, or the distance with its sign turned. */
    double nearness(float[] a, float[] b) {
        return kind == Kind.INVERSE_DISTANCE ? -TextVectors.distance(a, b) : TextVectors.dot(a, b);
    }

    /**
     * The votes of one neighbour.
     *
     * @param nearest the greatest nearness there is; exponentials are divided by that row's, so that none overflows
     */
    double weight(double nearness, double nearest) {
        return switch (kind) {
            case EVEN -> 1;
            case EXPONENTIAL -> Math.exp((nearness - nearest) / temperature);
            case INVERSE_DISTANCE -> 1 / (EPSILON - nearness);
        };
    }

    /** What a protocol says of it. */
    public String words() {
        return switch (kind) {
            case EVEN -> "majority of the " + neighbours + " nearest by cosine";
            case EXPONENTIAL ->
                "votes of the " + neighbours + " nearest by cosine, each exp(cosine / " + temperature + ")";
            case INVERSE_DISTANCE ->
                "votes of the " + neighbours + " nearest by euclidean distance, each 1 / (distance + 1e-5)";
        };
    }
}
