package io.chiaro.text;

import io.chiaro.core.ChiaroException;
import io.chiaro.data.ExampleShape;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * When a row's hard negatives have become easy, by a score s and the score s_0 that the same negatives had at first:
 *
 * <pre>
 * ratio s &lt; s_0   and   |s| &lt; bound
 * </pre>
 *
 * (Li et al., "Conan-embedding: General Text Embedding with More and Better Negative Samples", 2024, section 3.2, dynamic hard negative
 * mining, with 1.15, 0.8 and a look every 100 steps).
 *
 * @param atATime negatives of a row that are used together
 * @param steps between two looks
 * @param ratio at least 1
 * @param bound above 0
 */
record RemineSettings(int atATime, int steps, double ratio, double bound) {

    /** How many negatives of a row are used at a time; without it all are, always. */
    static final String NUMBER = "remine";

    private static final String STEPS = "remine-steps";
    private static final String RATIO = "remine-ratio";
    private static final String BOUND = "remine-bound";

    static final List<String> NAMES = List.of(NUMBER, STEPS, RATIO, BOUND);

    private static final int MOST = 1 << 20;

    /** What was told, if negatives are replaced at all. */
    static Optional<RemineSettings> parse(Map<String, String> told) {
        ToldValues values = new ToldValues(told);
        if (!values.has(NUMBER)) {
            for (String key : NAMES) {
                if (values.has(key)) {
                    throw ChiaroException.usage(
                            "set " + key + ": expected beside set " + NUMBER
                                    + ", which says how many negatives of a row are used at a time. Add it, or leave this out.");
                }
            }
            return Optional.empty();
        }
        return Optional.of(new RemineSettings(
                values.whole(NUMBER, 1, MOST).orElseThrow(),
                values.whole(STEPS, 1, MOST).orElse(100),
                values.number(RATIO, 1.15, 1, 1000),
                values.number(BOUND, 0.8, 1e-6, 1000)));
    }

    /** Whether negatives that had a score at first are easy by now. */
    boolean isEasy(double first, double now) {
        return ratio * now < first && Math.abs(now) < bound;
    }

    /** What an objective sees of rows of some shape. */
    ExampleShape seen(ExampleShape whole) {
        boolean several = whole.kind() == ExampleShape.Kind.PAIRS_WITH_NEGATIVES;
        if (!several || whole.negatives() <= atATime) {
            throw ChiaroException.usage("set " + NUMBER + ": expected rows with more negatives than the " + atATime
                    + " that are used at a time and without scores, but the data are " + whole
                    + ". chiaro mine --negatives finds more.");
        }
        return ExampleShape.pairsWithNegatives(atATime);
    }

    /** For people to read. */
    String describe(ExampleShape whole) {
        return "negatives: " + atATime + " of " + whole.negatives() + " at a time; every " + steps
                + " steps the next take the place of those whose cosine, times " + ratio
                + ", fell below what it was at first, and is within " + bound;
    }
}
