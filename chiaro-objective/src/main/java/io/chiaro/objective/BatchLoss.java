package io.chiaro.objective;

import io.chiaro.tensor.Tensor;
import java.util.Map;
import java.util.Set;

/**
 * A value of the whole batch that is no contrast of scores: a statistic between features, a sum over views, a code against
 * prototypes. Implementations are records whose components are the numbers that a recipe can set.
 */
public interface BatchLoss {

    /** The value, one number, written with operations that record gradients. */
    Tensor value(ViewBatch batch);

    /** Over what the value is a mean, for people to read. */
    default String reduction() {
        return "one value of the batch";
    }

    /** Whether each item needs a class. */
    default boolean labelled() {
        return false;
    }

    /** Whether each item needs a number. */
    default boolean scored() {
        return false;
    }

    /** Whether each item needs the teacher's score of every candidate, the positive and the negatives that the data name. */
    default boolean teacherScored() {
        return false;
    }

    /** By what a cosine is multiplied before it is compared with the teacher's score; 0 where scores are compared with each other. */
    default double teacherScale() {
        return 0;
    }

    /** The rows beside the views that it reads, by name. */
    default Set<String> memories() {
        return Set.of();
    }

    /** What memories become after the batch, by name; only those that the value itself moves on. No gradients. */
    default Map<String, Tensor> remembered(ViewBatch batch) {
        return Map.of();
    }

    /** Whether the second view is the first one's own text encoded once more, under another dropout mask. */
    default boolean sameText() {
        return false;
    }

    /** Whether a guide model must embed the batch too. */
    default boolean guided() {
        return false;
    }

    /** Whether the views from the third on are negatives that the data name. */
    default boolean hardNegatives() {
        return false;
    }

    /** Whether other items of the batch serve as negatives; then a batch must not hold a text twice. */
    default boolean inBatchNegatives() {
        return false;
    }

    /** What its views hold that no run makes, so that it is evaluated on arrays alone; empty where a run makes all. */
    default String givenViews() {
        return "";
    }

    /** How many views of an item it compares at the least. */
    default int views() {
        return 2;
    }
}
