package io.chiaro.cli.judging;

import java.util.Optional;

/**
 * How much vectors count beside words.
 *
 * @param weight from 0 to 1
 * @param by the split of the data whose judged queries choose what weight was not told, a reranker's among them
 */
public record VectorWeight(Optional<Double> weight, Optional<String> by) {

    /** The split that chooses a weight, where the weight itself was not told. */
    static Optional<String> choosing(Optional<Double> weight, Optional<String> by) {
        return weight.isPresent() ? Optional.empty() : by;
    }

    /** The split that chooses the weight of the vectors, if one does. */
    Optional<String> chosenBy() {
        return choosing(weight, by);
    }
}
