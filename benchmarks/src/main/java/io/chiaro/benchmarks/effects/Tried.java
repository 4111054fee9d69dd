package io.chiaro.benchmarks.effects;

import io.chiaro.eval.PairedDifference;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What a paper says, and the runs that show it or do not. */
sealed interface Tried permits Claim, Taught, Trend {

    /** Kebab case. */
    String id();

    /** Numbers of its papers in the list of the field; empty if the claim's paper is none of them. */
    List<Integer> papers();

    /** The claim with its source. */
    String words();

    /** Where all its arms are trained and judged. */
    Bench bench();

    /** The arms with the figure that is shown when one is done. */
    Map<Arm, String> arms();

    /** What finished runs say; empty with fewer than two seeds. */
    Optional<Finding> finding(Rows rows);

    /**
     * A line of the table.
     *
     * @param compared the arms
     * @param figures what was measured, with its spread
     * @param difference over seeds, with its interval
     * @param seeds how many
     * @param shown whether the claim shows here
     */
    record Finding(String compared, String figures, PairedDifference difference, int seeds, String shown) {}
}
