package io.chiaro.benchmarks.effects;

import java.util.List;

/**
 * What a paper says, and the two arms that show it or do not.
 *
 * @param id kebab case
 * @param papers their numbers in the list of the field; empty if the claim's paper is none of them
 * @param words the claim with its source
 * @param metric by which the better arm is judged
 * @param worseMetric by which the other is, if that differs
 * @param better the arm that the paper holds to be better
 * @param worse the other
 */
record Claim(String id, List<Integer> papers, String words, String metric, String worseMetric, Arm better, Arm worse) {

    Claim {
        papers = List.copyOf(papers);
        if (better.bench() != worse.bench()) {
            throw new IllegalArgumentException("Claim " + id + ": both arms need one bench");
        }
    }

    /** A claim of one figure. */
    static Claim of(String id, List<Integer> papers, String words, String metric, Arm better, Arm worse) {
        return new Claim(id, papers, words, metric, metric, better, worse);
    }
}
