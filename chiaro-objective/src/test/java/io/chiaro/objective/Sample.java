package io.chiaro.objective;

import io.chiaro.tensor.Scope;
import io.chiaro.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** A small batch in plain Java: view 0 holds the anchors, view 1 the positives, the others negatives. */
final class Sample {

    double[][][] values;
    final long[][] items;
    final long[][] contents;
    double @Nullable [] scores;
    double @Nullable [][] teacher;
    double @Nullable [][][] guides;

    /** What an objective says of a sample, in plain Java. */
    record Result(Evaluation evaluation, double[][][] gradients) {
        double loss() {
            return evaluation.loss();
        }
    }

    /** A batch whose record k has item 100 + k and a text of its own in every view. */
    Sample(double[][][] values) {
        this.values = values;
        items = new long[values.length][];
        contents = new long[values.length][];
        for (int v = 0; v < values.length; v++) {
            items[v] = new long[values[v].length];
            contents[v] = new long[values[v].length];
            for (int i = 0; i < values[v].length; i++) {
                items[v][i] = 100 + i;
                contents[v][i] = 1_000_003L * (v + 1) + i;
            }
        }
    }

    /** Normal numbers that single precision holds exactly; positives and negatives lean towards their anchor. */
    static Sample random(RandomGenerator random, int views, int rows, int width) {
        double[][][] values = new double[views][rows][width];
        for (int v = 0; v < views; v++) {
            for (int i = 0; i < rows; i++) {
                for (int k = 0; k < width; k++) {
                    double lean = v == 0 ? 0 : 0.7 * values[0][i][k];
                    values[v][i][k] = (float) (lean + random.nextGaussian());
                }
            }
        }
        Sample sample = new Sample(values);
        sample.scores = new double[rows];
        sample.teacher = new double[rows][Math.max(1, views - 1)];
        sample.guides = new double[views][rows][width];
        for (int i = 0; i < rows; i++) {
            // Some gold scores are equal.
            sample.scores[i] = random.nextInt(5) / 4.0;
            for (int k = 0; k < sample.teacher[i].length; k++) {
                sample.teacher[i][k] = 2 * random.nextGaussian();
            }
            for (int v = 0; v < views; v++) {
                for (int k = 0; k < width; k++) {
                    sample.guides[v][i][k] =
                            (float) ((v == 0 ? 0 : 0.3 * sample.guides[0][i][k]) + random.nextGaussian());
                }
            }
        }
        return sample;
    }

    int rows() {
        return values[0].length;
    }

    double[] gold() {
        return Objects.requireNonNull(scores);
    }

    double[][] teacherScores() {
        return Objects.requireNonNull(teacher);
    }

    double[][][] guide() {
        return Objects.requireNonNull(guides);
    }

    Result evaluate(Objective objective) {
        try (Scope scope = Scope.open("sample")) {
            List<View> views = new ArrayList<>();
            for (int v = 0; v < values.length; v++) {
                ViewRole role = v == 0 ? ViewRole.ANCHOR : v == 1 ? ViewRole.POSITIVE : ViewRole.NEGATIVE;
                views.add(new View(role, tensor(values[v]), items[v], contents[v]));
            }
            Views batch = Views.of(views);
            double[] numbers = scores;
            if (numbers != null) {
                batch = batch.withScores(numbers);
            }
            double[][] teachers = teacher;
            if (teachers != null) {
                batch = batch.withTeacherScores(teachers);
            }
            double[][][] guideValues = guides;
            if (guideValues != null) {
                List<Tensor> tensors = new ArrayList<>();
                for (double[][] guide : guideValues) {
                    tensors.add(tensor(guide));
                }
                batch = batch.withGuides(tensors);
            }
            Evaluation evaluation = objective.evaluate(batch);
            double[][][] gradients = new double[values.length][][];
            for (int v = 0; v < values.length; v++) {
                double[] flat = evaluation.gradients().get(v).toDoubles();
                int width = values[v][0].length;
                gradients[v] = new double[values[v].length][width];
                for (int i = 0; i < flat.length; i++) {
                    gradients[v][i / width][i % width] = flat[i];
                }
            }
            return new Result(evaluation, gradients);
        }
    }

    static Tensor tensor(double[][] rows) {
        float[] flat = new float[rows.length * rows[0].length];
        for (int i = 0; i < flat.length; i++) {
            flat[i] = (float) rows[i / rows[0].length][i % rows[0].length];
        }
        return Tensor.of(flat, rows.length, rows[0].length);
    }
}
