package io.chiaro.text;

import io.chiaro.nn.Dropout;
import io.chiaro.nn.PackedSequences;
import io.chiaro.nn.Pass;
import io.chiaro.objective.CrossEntropy;
import io.chiaro.objective.Judgement;
import io.chiaro.objective.Relation;
import io.chiaro.objective.ScoreTable;
import io.chiaro.tensor.ParameterStore;
import io.chiaro.tensor.Scope;
import io.chiaro.tensor.Tensor;
import io.chiaro.train.Batch;
import io.chiaro.train.Learning;
import io.chiaro.train.StepOutcome;
import java.util.Arrays;
import java.util.Map;

/**
 * Learning to sort pairs into classes: the {@link CrossEntropy} of the logits z of a pair, whose candidates are the classes and whose
 * positive is its own, y. The mean over pairs of
 *
 * <pre>
 * log sum_c exp(z_c) - z_y
 * </pre>
 *
 * <p>The score of a row of a batch is the number of its class. A value is a mean over pairs, so that each chunk is encoded once and its
 * gradient is a share of the batch's.
 */
final class ClassLearning implements Learning<PackedSequences> {

    private final CrossEncoder model;
    private final double dropout;

    ClassLearning(CrossEncoder model, double dropout) {
        this.model = model;
        this.dropout = dropout;
    }

    @Override
    public StepOutcome accumulate(Batch<PackedSequences> batch, long address) {
        double loss = 0;
        long right = 0;
        for (Batch.Chunk<PackedSequences> chunk : batch.chunks()) {
            int[] classes = Arrays.stream(chunk.places())
                    .map(place -> (int) batch.scores()[place])
                    .toArray();
            double share = (double) classes.length / batch.rows();
            try (Scope scope = Scope.open("classes")) {
                Pass pass = model.forward(chunk.input(), Dropout.at(dropout, address, chunk.places()));
                double[][] logits = rows(pass.output().detach().toDoubles(), classes.length);
                Judgement judged = new CrossEntropy().judge(table(logits, classes));
                loss += share * judged.loss();
                right += right(logits, classes);
                pass.backward(gradient(judged.gradient(), share));
            }
        }
        return new StepOutcome(
                loss,
                Math.log(model.specification().outputs()),
                Map.of("accuracy", (double) right / batch.rows()),
                0,
                0,
                new float[0][],
                new float[0][]);
    }

    private static double[][] rows(double[] numbers, int rows) {
        int width = numbers.length / rows;
        double[][] logits = new double[rows][];
        Arrays.setAll(logits, row -> Arrays.copyOfRange(numbers, row * width, (row + 1) * width));
        return logits;
    }

    private static ScoreTable table(double[][] logits, int[] classes) {
        Relation[][] relations = new Relation[logits.length][logits[0].length];
        for (int row = 0; row < relations.length; row++) {
            Arrays.fill(relations[row], Relation.NEGATIVE);
            relations[row][classes[row]] = Relation.POSITIVE;
        }
        return new ScoreTable(logits, relations, new double[logits.length][0]);
    }

    private static long right(double[][] logits, int[] classes) {
        long right = 0;
        for (int row = 0; row < classes.length; row++) {
            double own = logits[row][classes[row]];
            right += Arrays.stream(logits[row]).max().orElse(own) == own ? 1 : 0;
        }
        return right;
    }

    private static Tensor gradient(double[][] judged, double share) {
        int width = judged[0].length;
        float[] gradient = new float[judged.length * width];
        for (int row = 0; row < judged.length; row++) {
            for (int c = 0; c < width; c++) {
                gradient[row * width + c] = (float) (share * judged[row][c]);
            }
        }
        return Tensor.of(gradient, judged.length, width);
    }

    @Override
    public ParameterStore parameters() {
        return model.parameters();
    }
}
