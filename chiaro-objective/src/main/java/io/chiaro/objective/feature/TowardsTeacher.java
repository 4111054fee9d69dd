package io.chiaro.objective.feature;

import io.chiaro.objective.BatchLoss;
import io.chiaro.objective.ViewBatch;
import io.chiaro.tensor.Tensor;

/**
 * The last view holds a teacher's embeddings, which are held fixed; every other view is drawn to them (Reimers and Gurevych,
 * "Making Monolingual Sentence Embeddings Multilingual using Knowledge Distillation", EMNLP 2020, eq. 1; Kim et al.,
 * "EmbedDistill: A Geometric Knowledge Distillation for Information Retrieval", 2023, eq. 7). The mean over items and views of
 *
 * <pre>
 * MEAN_SQUARE   |x - t|^2 / d
 * DISTANCE      |x - t|
 * COSINE        1 - cos(x, t)
 * </pre>
 */
public record TowardsTeacher(Measure measure) implements BatchLoss {

    /** How far an embedding is from the teacher's. */
    public enum Measure {
        MEAN_SQUARE,
        DISTANCE,
        COSINE
    }

    /** Equal vectors have no direction between them; this keeps their gradient at zero. */
    private static final double LEAST_SQUARE = 1e-24;

    @Override
    public String givenViews() {
        return "the vectors of a teacher";
    }

    @Override
    public Tensor value(ViewBatch batch) {
        int students = batch.views().size() - 1;
        Tensor teacher = batch.view(Math.max(1, students)).detach();
        Tensor sum = teacher.sum().multiply(0);
        for (int v = 0; v < students; v++) {
            sum = sum.add(apart(batch.view(v), teacher));
        }
        return sum.divide(students);
    }

    private Tensor apart(Tensor student, Tensor teacher) {
        return switch (measure) {
            case MEAN_SQUARE -> student.subtract(teacher).square().mean();
            case DISTANCE ->
                student.subtract(teacher)
                        .square()
                        .sum(1, false)
                        .atLeast(LEAST_SQUARE)
                        .sqrt()
                        .mean();
            case COSINE -> Statistics.meanCosine(student, teacher).negate().add(1);
        };
    }

    @Override
    public String reduction() {
        return measure == Measure.MEAN_SQUARE ? "mean over items, views and features" : "mean over items and views";
    }
}
