package io.chiaro.eval;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.Iterator;
import java.util.stream.IntStream;

/**
 * Multinomial logistic regression on frozen vectors. With rows x_i, labels y_i, weights W and intercepts b it minimises
 *
 * <pre>  (1/n) sum_i -ln softmax(W x_i + b)[y_i]  +  |W|^2 / (2 C n)</pre>
 *
 * (the intercepts are free), the objective of scikit-learn's LogisticRegression divided by C n, by L-BFGS with ten pairs
 * and a backtracking line search (Nocedal and Wright, "Numerical Optimization", algorithms 7.4 and 3.1). It starts at zero
 * and draws no random number; sums over rows are formed in fixed shares, so the result does not depend on threads.
 *
 * <p>Immutable; safe from any thread.
 */
public final class LogisticProbe {

    private static final int PAIRS = 10;
    private static final int SHARES = 8;
    private static final double TOLERANCE = 1e-5;

    private final int dimension;
    private final int classes;
    private final double[] parameters;
    private final int iterations;

    private LogisticProbe(int dimension, int classes, double[] parameters, int iterations) {
        this.dimension = dimension;
        this.classes = classes;
        this.parameters = parameters;
        this.iterations = iterations;
    }

    /**
     * Fits the probe.
     *
     * @param rows [n, d]
     * @param labels from 0 to classes - 1
     * @param strength C, the inverse of the regularisation
     * @param mostIterations at which the fit stops even if it has not converged
     */
    public static LogisticProbe fit(float[][] rows, int[] labels, int classes, double strength, int mostIterations) {
        int dimension = rows[0].length;
        int size = (dimension + 1) * classes;
        double[] point = new double[size];
        double[] gradient = new double[size];
        double loss = loss(rows, labels, classes, strength, point, gradient);
        Deque<double[][]> pairs = new ArrayDeque<>();
        int iteration = 0;
        while (iteration < mostIterations && largest(gradient) > TOLERANCE) {
            double[] direction = direction(gradient, pairs);
            double slope = dot(direction, gradient);
            if (slope >= 0) {
                pairs.clear();
                direction = negative(gradient);
                slope = dot(direction, gradient);
            }
            double step = pairs.isEmpty() ? Math.min(1, 1 / Math.sqrt(-slope)) : 1;
            double[] next = new double[size];
            double[] nextGradient = new double[size];
            double nextLoss = Double.POSITIVE_INFINITY;
            for (int halving = 0; halving < 40; halving++) {
                for (int i = 0; i < size; i++) {
                    next[i] = point[i] + step * direction[i];
                }
                nextLoss = loss(rows, labels, classes, strength, next, nextGradient);
                if (nextLoss <= loss + 1e-4 * step * slope) {
                    break;
                }
                step /= 2;
            }
            if (!(nextLoss < loss)) {
                break;
            }
            double[] moved = difference(next, point);
            double[] turned = difference(nextGradient, gradient);
            if (dot(moved, turned) > 1e-12 * dot(turned, turned)) {
                pairs.addLast(new double[][] {moved, turned});
                if (pairs.size() > PAIRS) {
                    pairs.removeFirst();
                }
            }
            point = next;
            gradient = nextGradient;
            loss = nextLoss;
            iteration++;
        }
        return new LogisticProbe(dimension, classes, point, iteration);
    }

    /** The most likely label of each row. */
    public int[] predict(float[][] rows) {
        int[] predicted = new int[rows.length];
        double[] logits = new double[classes];
        for (int i = 0; i < rows.length; i++) {
            logits(rows[i], parameters, dimension, classes, logits);
            int best = 0;
            for (int c = 1; c < classes; c++) {
                if (logits[c] > logits[best]) {
                    best = c;
                }
            }
            predicted[i] = best;
        }
        return predicted;
    }

    int iterations() {
        return iterations;
    }

    /** W, a row for each class, [classes][d]. */
    public double[][] weights() {
        double[][] weights = new double[classes][dimension];
        for (int c = 0; c < classes; c++) {
            for (int k = 0; k < dimension; k++) {
                weights[c][k] = parameters[k * classes + c];
            }
        }
        return weights;
    }

    /** W as [d, classes], then b. */
    double[] parameters() {
        return parameters;
    }

    /** The objective and, into the last argument, its gradient. */
    static double loss(
            float[][] rows, int[] labels, int classes, double strength, double[] parameters, double[] gradient) {
        int n = rows.length;
        int dimension = rows[0].length;
        double[][] gradients = new double[SHARES][parameters.length];
        double[] losses = new double[SHARES];
        IntStream.range(0, SHARES).parallel().forEach(share -> {
            double[] own = gradients[share];
            double[] logits = new double[classes];
            double sum = 0;
            for (int i = (int) ((long) n * share / SHARES); i < (int) ((long) n * (share + 1) / SHARES); i++) {
                logits(rows[i], parameters, dimension, classes, logits);
                sum -= toResiduals(logits, labels[i]);
                float[] row = rows[i];
                for (int k = 0; k < dimension; k++) {
                    double value = row[k];
                    int offset = k * classes;
                    for (int c = 0; c < classes; c++) {
                        own[offset + c] += value * logits[c];
                    }
                }
                for (int c = 0; c < classes; c++) {
                    own[dimension * classes + c] += logits[c];
                }
            }
            losses[share] = sum;
        });
        double loss = 0;
        Arrays.fill(gradient, 0);
        for (int share = 0; share < SHARES; share++) {
            loss += losses[share];
            for (int i = 0; i < gradient.length; i++) {
                gradient[i] += gradients[share][i];
            }
        }
        double squares = 0;
        for (int i = 0; i < gradient.length; i++) {
            gradient[i] /= n;
            if (i < dimension * classes) {
                squares += parameters[i] * parameters[i];
                gradient[i] += parameters[i] / (strength * n);
            }
        }
        return loss / n + squares / (2 * strength * n);
    }

    private static void logits(float[] row, double[] parameters, int dimension, int classes, double[] logits) {
        System.arraycopy(parameters, dimension * classes, logits, 0, classes);
        for (int k = 0; k < dimension; k++) {
            double value = row[k];
            int offset = k * classes;
            for (int c = 0; c < classes; c++) {
                logits[c] += value * parameters[offset + c];
            }
        }
    }

    /** Turns logits into softmax minus one-hot and returns the logarithm of the label's probability. */
    private static double toResiduals(double[] logits, int label) {
        double largest = Double.NEGATIVE_INFINITY;
        for (double logit : logits) {
            largest = Math.max(largest, logit);
        }
        double sum = 0;
        double own = logits[label] - largest;
        for (int c = 0; c < logits.length; c++) {
            logits[c] = Math.exp(logits[c] - largest);
            sum += logits[c];
        }
        for (int c = 0; c < logits.length; c++) {
            logits[c] /= sum;
        }
        logits[label] -= 1;
        return own - Math.log(sum);
    }

    private static double[] direction(double[] gradient, Deque<double[][]> pairs) {
        double[] direction = negative(gradient);
        double[] weights = new double[pairs.size()];
        int at = pairs.size();
        for (Iterator<double[][]> newest = pairs.descendingIterator(); newest.hasNext(); ) {
            double[][] pair = newest.next();
            weights[--at] = dot(pair[0], direction) / dot(pair[0], pair[1]);
            addScaled(direction, -weights[at], pair[1]);
        }
        if (!pairs.isEmpty()) {
            double[][] last = pairs.getLast();
            double scale = dot(last[0], last[1]) / dot(last[1], last[1]);
            for (int i = 0; i < direction.length; i++) {
                direction[i] *= scale;
            }
        }
        for (double[][] pair : pairs) {
            double back = dot(pair[1], direction) / dot(pair[0], pair[1]);
            addScaled(direction, weights[at++] - back, pair[0]);
        }
        return direction;
    }

    private static void addScaled(double[] target, double scale, double[] values) {
        for (int i = 0; i < target.length; i++) {
            target[i] += scale * values[i];
        }
    }

    private static double dot(double[] a, double[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += a[i] * b[i];
        }
        return sum;
    }

    private static double[] negative(double[] values) {
        return Arrays.stream(values).map(value -> -value).toArray();
    }

    private static double[] difference(double[] a, double[] b) {
        double[] difference = new double[a.length];
        for (int i = 0; i < a.length; i++) {
            difference[i] = a[i] - b[i];
        }
        return difference;
    }

    private static double largest(double[] values) {
        double largest = 0;
        for (double value : values) {
            largest = Math.max(largest, Math.abs(value));
        }
        return largest;
    }
}
