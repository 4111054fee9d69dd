package io.chiaro.eval.diagnostics;

import java.util.List;

/**
 * How near labelled embeddings are to the geometry of perfect training: every class one point, and the points of the classes
 * a regular figure. Of rows of length one, with class means {@code m_c}, their mean {@code m}, {@code M} the rows
 * {@code m_c - m} and C classes, each with equal weight:
 *
 * <pre>  withinToBetween (NC1) = tr(S_W pinv(S_B)) / C,   S_W = mean_c mean_{i in c} (z_i - m_c)(z_i - m_c)',   S_B = M'M / C
 *  lengthVariation (NC2) = deviation of |m_c - m| over their mean
 *  angleVariation  (NC2) = mean over c &lt; c' of |cos(m_c - m, m_c' - m) + 1 / (C - 1)|
 *  simplexDistance       = | MM' / |MM'| - (I - 11'/C) / sqrt(C - 1) |
 *  orthogonalDistance    = | G / |G| - I / sqrt(C) |,   G_cc' = m_c . m_c'
 *  duality         (NC3) = | W / |W| - M / |M| |,  W the rows of a linear classifier less their mean
 *  nearestCentre   (NC4) = share of rows nearest to the mean of their own class</pre>
 *
 * with Frobenius norms (Papyan, Han and Donoho, "Prevalence of neural collapse during the terminal phase of deep learning
 * training", PNAS 2020, for NC1 to NC4; Kini et al., "Symmetric neural-collapse representations with supervised contrastive
 * loss", ICLR 2024, section 3, for the distance to an orthogonal frame, which a supervised contrast behind a ReLU tends to).
 * All but the last are 0 at the ideal. A figure that needs another class, or means that differ, is NaN where they are
 * missing.
 *
 * @param classes C
 * @param cosines of {@code m_c - m} and {@code m_c' - m} for each pair of classes; all {@code -1 / (C - 1)} in a simplex
 */
@SuppressWarnings("ArrayRecordComponent")
public record NeuralCollapse(
        int classes,
        double withinToBetween,
        double lengthVariation,
        double angleVariation,
        double simplexDistance,
        double orthogonalDistance,
        double nearestCentre,
        double[] cosines) {

    /** Of vectors [N, d] with a label each. */
    public static NeuralCollapse of(float[][] vectors, int[] labels) {
        List<int[]> members = ClassMembers.of("NeuralCollapse.of", vectors, labels);
        UnitRows rows = UnitRows.of("NeuralCollapse.of", vectors);
        double[][] means = means(rows, members);
        double[][] centred = centred(means);
        int classes = means.length;
        double[][] gram = products(centred, centred);
        double length = norm(gram);
        // Means that agree up to rounding have no directions between them.
        boolean apart = length > 1e-12;
        double[] cosines = cosines(centred);
        double[][] simplex = new double[classes][classes];
        double[][] orthogonal = new double[classes][classes];
        for (int c = 0; c < classes; c++) {
            for (int other = 0; other < classes; other++) {
                double same = c == other ? 1 : 0;
                simplex[c][other] = (same - 1.0 / classes) / Math.sqrt(classes - 1.0);
                orthogonal[c][other] = same / Math.sqrt(classes);
            }
        }
        return new NeuralCollapse(
                classes,
                apart ? withinToBetween(rows, members, means, centred, gram) : Double.NaN,
                apart ? lengthVariation(centred) : Double.NaN,
                apart ? angleVariation(cosines, classes) : Double.NaN,
                apart ? distance(gram, simplex) : Double.NaN,
                classes > 1 ? distance(products(means, means), orthogonal) : Double.NaN,
                nearestCentre(rows, members, means),
                cosines);
    }

    /**
     * NC3 of a linear classifier on the same rows.
     *
     * @param weights a row for each class in the order of the labels, [C, d]
     */
    public static double duality(double[][] weights, float[][] vectors, int[] labels) {
        List<int[]> members = ClassMembers.of("NeuralCollapse.duality", vectors, labels);
        if (weights.length != members.size()) {
            throw new IllegalArgumentException("NeuralCollapse.duality: expected weights of " + members.size()
                    + " classes, but found " + weights.length);
        }
        return distance(
                centred(weights), scaled(centred(means(UnitRows.of("NeuralCollapse.duality", vectors), members))));
    }

    private static double[][] means(UnitRows rows, List<int[]> members) {
        double[][] means = new double[members.size()][rows.width()];
        for (int c = 0; c < means.length; c++) {
            for (int i : members.get(c)) {
                for (int k = 0; k < rows.width(); k++) {
                    means[c][k] += rows.row(i)[k] / members.get(c).length;
                }
            }
        }
        return means;
    }

    private static double[][] centred(double[][] rows) {
        double[] mean = new double[rows[0].length];
        for (double[] row : rows) {
            for (int k = 0; k < mean.length; k++) {
                mean[k] += row[k] / rows.length;
            }
        }
        double[][] centred = new double[rows.length][];
        for (int c = 0; c < rows.length; c++) {
            centred[c] = UnitRows.minus(rows[c], mean);
        }
        return centred;
    }

    /**
     * With MM' = V diag(l) V' the pseudo-inverse of S_B is C M' V diag(1/l^2) V' M over the l above 0, so that no matrix of
     * the width of the embeddings is needed.
     */
    private static double withinToBetween(
            UnitRows rows, List<int[]> members, double[][] means, double[][] centred, double[][] gram) {
        int classes = means.length;
        double[][] copy = new double[classes][];
        for (int c = 0; c < classes; c++) {
            copy[c] = gram[c].clone();
        }
        SymmetricDecomposition parts = SymmetricDecomposition.of(copy);
        double largest = 0;
        for (double value : parts.values()) {
            largest = Math.max(largest, value);
        }
        double sum = 0;
        double[] along = new double[classes];
        for (int c = 0; c < classes; c++) {
            for (int i : members.get(c)) {
                double[] rest = UnitRows.minus(rows.row(i), means[c]);
                for (int other = 0; other < classes; other++) {
                    along[other] = UnitRows.dot(centred[other], rest);
                }
                for (int k = 0; k < classes; k++) {
                    double value = parts.values()[k];
                    if (value > largest * classes * 1e-13) {
                        double part = 0;
                        for (int other = 0; other < classes; other++) {
                            part += parts.vectors()[other][k] * along[other];
                        }
                        sum += part * part / (value * value) / members.get(c).length;
                    }
                }
            }
        }
        // C from the pseudo-inverse, 1/C from the mean over classes, 1/C from the definition.
        return sum / classes;
    }

    private static double lengthVariation(double[][] centred) {
        double mean = 0;
        for (double[] row : centred) {
            mean += UnitRows.length(row) / centred.length;
        }
        double squares = 0;
        for (double[] row : centred) {
            squares += Math.pow(UnitRows.length(row) - mean, 2) / centred.length;
        }
        return Math.sqrt(squares) / mean;
    }

    private static double[] cosines(double[][] centred) {
        double[] cosines = new double[centred.length * (centred.length - 1) / 2];
        int at = 0;
        for (int c = 1; c < centred.length; c++) {
            for (int other = 0; other < c; other++) {
                double lengths = UnitRows.length(centred[c]) * UnitRows.length(centred[other]);
                cosines[at++] = lengths == 0 ? 0 : UnitRows.dot(centred[c], centred[other]) / lengths;
            }
        }
        return cosines;
    }

    private static double angleVariation(double[] cosines, int classes) {
        double sum = 0;
        for (double cosine : cosines) {
            sum += Math.abs(cosine + 1.0 / (classes - 1));
        }
        return sum / cosines.length;
    }

    private static double nearestCentre(UnitRows rows, List<int[]> members, double[][] means) {
        int right = 0;
        for (int c = 0; c < means.length; c++) {
            for (int i : members.get(c)) {
                int nearest = 0;
                double least = Double.POSITIVE_INFINITY;
                for (int other = 0; other < means.length; other++) {
                    double distance = UnitRows.length(UnitRows.minus(rows.row(i), means[other]));
                    if (distance < least) {
                        least = distance;
                        nearest = other;
                    }
                }
                right += nearest == c ? 1 : 0;
            }
        }
        return (double) right / rows.size();
    }

    private static double[][] products(double[][] a, double[][] b) {
        double[][] products = new double[a.length][b.length];
        for (int i = 0; i < a.length; i++) {
            for (int j = 0; j < b.length; j++) {
                products[i][j] = UnitRows.dot(a[i], b[j]);
            }
        }
        return products;
    }

    private static double norm(double[][] matrix) {
        double squares = 0;
        for (double[] row : matrix) {
            squares += UnitRows.dot(row, row);
        }
        return Math.sqrt(squares);
    }

    private static double[][] scaled(double[][] matrix) {
        double norm = norm(matrix);
        double[][] scaled = new double[matrix.length][matrix[0].length];
        for (int i = 0; i < matrix.length; i++) {
            for (int j = 0; j < matrix[i].length; j++) {
                scaled[i][j] = norm == 0 ? 0 : matrix[i][j] / norm;
            }
        }
        return scaled;
    }

    /** From a matrix, divided by its norm, to one of norm 1. */
    private static double distance(double[][] matrix, double[][] ideal) {
        double[][] own = scaled(matrix);
        double[][] difference = new double[own.length][];
        for (int i = 0; i < own.length; i++) {
            difference[i] = UnitRows.minus(own[i], ideal[i]);
        }
        return norm(difference);
    }
}
