package io.chiaro.core.metric;

import static io.chiaro.core.metric.ReferenceTable.below;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.chiaro.core.RandomStream;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PairedValuesTest {

    @Test
    void a_hundred_cases_with_ties_agree_with_scipy_and_scikit_learn() {
        List<Map<String, Double>> expected = ReferenceTable.read("paired-values.csv.gz");
        assertThat(expected).hasSize(100);
        for (int number = 0; number < expected.size(); number++) {
            for (Map.Entry<String, Double> value : values(number).entrySet()) {
                assertThat(value.getValue())
                        .as("%s of case %d", value.getKey(), number)
                        .isCloseTo(expected.get(number).get(value.getKey()), within(1e-6));
            }
        }
    }

    private static Map<String, Double> values(int number) {
        RandomStream stream = RandomStream.of(11, "paired-values", number);
        int n = 8 + below(stream, 120);
        int levels = 3 + below(stream, 40);
        double[] x = new double[n];
        double[] y = new double[n];
        boolean[] truth = new boolean[n];
        int[] groups = new int[n];
        int[] classes = new int[n];
        for (int i = 0; i < n; i++) {
            x[i] = below(stream, levels) / 8.0;
            y[i] = x[i] * below(stream, 3) + below(stream, levels) / 16.0;
            truth[i] = i == 0 || (i > 1 && below(stream, levels) / 8.0 < x[i]);
            groups[i] = Math.min((int) x[i], 3 + below(stream, 3));
            classes[i] = (int) y[i] % 4;
        }
        int d = 2 + below(stream, 24);
        int rank = 1 + below(stream, d);
        double[][] basis = matrix(stream, rank, d);
        double[][] parts = matrix(stream, n, rank);
        float[][] rows = new float[n][d];
        float[][] shifted = new float[n][];
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < d; j++) {
                double sum = 0;
                for (int k = 0; k < rank; k++) {
                    sum += parts[i][k] * basis[k][j];
                }
                rows[i][j] = (float) sum;
            }
            shifted[(i + 1) % n] = rows[i];
        }
        ScoredLabels scored = ScoredLabels.of(x, truth);
        ClusterAgreement agreement = ClusterAgreement.of(classes, groups);
        Map<String, Double> values = new LinkedHashMap<>();
        values.put("pearson", Correlation.pearson(x, y));
        values.put("spearman", Correlation.spearman(x, y));
        values.put("average-precision", scored.averagePrecision());
        values.put("auc", scored.areaUnderCurve());
        values.put("accuracy", scored.bestAccuracy().value());
        values.put("f1", scored.bestF1().value());
        values.put("v-measure", agreement.vMeasure());
        values.put("ari", agreement.adjustedRandIndex());
        values.put("nmi", agreement.normalizedMutualInformation());
        values.put("alignment", EmbeddingGeometry.alignment(rows, shifted));
        values.put("uniformity", EmbeddingGeometry.uniformity(rows));
        values.put("effective-rank", EmbeddingGeometry.effectiveRank(rows));
        return values;
    }

    private static double[][] matrix(RandomStream stream, int rows, int columns) {
        double[][] matrix = new double[rows][columns];
        for (double[] row : matrix) {
            for (int j = 0; j < columns; j++) {
                row[j] = below(stream, 2001) / 1000.0 - 1;
            }
        }
        return matrix;
    }

    @Test
    void a_constant_side_has_no_correlation() {
        assertThat(Correlation.spearman(new double[] {1, 1, 1}, new double[] {1, 2, 3}))
                .isNaN();
        assertThatThrownBy(() -> Correlation.pearson(new double[] {1, Double.NaN}, new double[] {1, 2}))
                .hasMessageContaining("not finite");
    }

    @Test
    void positives_below_all_negatives_have_no_area() {
        ScoredLabels scored = ScoredLabels.of(new double[] {1, 2, 3, 4}, new boolean[] {true, true, false, false});
        assertThat(scored.areaUnderCurve()).isZero();
        assertThat(scored.bestAccuracy()).isEqualTo(new ScoredLabels.Best(0.5, Double.POSITIVE_INFINITY));
    }

    @Test
    void labels_of_one_kind_are_refused() {
        assertThatThrownBy(() -> ScoredLabels.of(new double[] {1, 2}, new boolean[] {true, true}))
                .hasMessageContaining("found 2 positive of 2");
    }

    @Test
    void equal_scores_earn_one_half_of_the_area() {
        ScoredLabels scored = ScoredLabels.of(new double[] {1, 1, 1}, new boolean[] {true, false, false});
        assertThat(scored.areaUnderCurve()).isEqualTo(0.5);
        assertThat(scored.averagePrecision()).isCloseTo(1.0 / 3, within(1e-12));
    }

    @Test
    void renamed_clusters_agree_wholly_and_one_cluster_says_nothing() {
        ClusterAgreement renamed = ClusterAgreement.of(new int[] {0, 0, 1, 2}, new int[] {9, 9, -4, 7});
        assertThat(renamed.vMeasure()).isCloseTo(1, within(1e-12));
        assertThat(renamed.adjustedRandIndex()).isEqualTo(1);
        ClusterAgreement lumped = ClusterAgreement.of(new int[] {0, 0, 1, 1}, new int[] {3, 3, 3, 3});
        assertThat(lumped.vMeasure()).isZero();
        assertThat(lumped.adjustedRandIndex()).isZero();
    }

    @Test
    void a_collapsed_cloud_has_rank_one_and_an_orthogonal_one_has_full_rank() {
        float[][] collapsed = new float[50][16];
        float[][] orthogonal = new float[16][16];
        for (int i = 0; i < 50; i++) {
            for (int j = 0; j < 16; j++) {
                collapsed[i][j] = (i + 1) * (j - 3.5f);
            }
        }
        for (int i = 0; i < 16; i++) {
            orthogonal[i][i] = i % 2 == 0 ? 3 : -3;
        }
        assertThat(EmbeddingGeometry.effectiveRank(collapsed)).isCloseTo(1, within(1e-6));
        assertThat(EmbeddingGeometry.effectiveRank(orthogonal)).isCloseTo(16, within(1e-9));
        assertThat(EmbeddingGeometry.effectiveRank(new float[3][4])).isZero();
    }

    @Test
    void eigenvalues_keep_trace_and_squares_for_matrices_of_many_sizes() {
        for (int n = 1; n <= 90; n += 3) {
            RandomStream random = RandomStream.of(5, "symmetric", n);
            double[][] matrix = new double[n][n];
            double trace = 0;
            double squares = 0;
            for (int i = 0; i < n; i++) {
                for (int j = 0; j <= i; j++) {
                    matrix[i][j] = random.nextInt(4) == 0 ? 0 : random.nextGaussian();
                    squares += matrix[i][j] * matrix[i][j] * (i == j ? 1 : 2);
                }
                trace += matrix[i][i];
            }
            double[] eigenvalues = SymmetricEigenvalues.of(matrix);
            double sum = 0;
            double sumOfSquares = 0;
            for (double value : eigenvalues) {
                sum += value;
                sumOfSquares += value * value;
            }
            assertThat(sum).isCloseTo(trace, within(1e-10 * n));
            assertThat(sumOfSquares).isCloseTo(squares, within(1e-10 * n * n));
        }
    }

    @Test
    void a_triplet_of_equal_similarities_is_wrong() {
        assertThat(Triplets.accuracy(new double[] {0.5, 0.9}, new double[] {0.5, 0.1}))
                .isEqualTo(0.5);
    }

    @Test
    void curves_have_a_point_for_each_distinct_score_and_the_area_that_is_told() {
        ScoredLabels scored =
                ScoredLabels.of(new double[] {0.9, 0.8, 0.8, 0.3}, new boolean[] {true, false, true, false});
        double[][] curve = scored.operatingCharacteristic();
        assertThat(curve[0]).containsExactly(0, 0, 0.5, 1);
        assertThat(curve[1]).containsExactly(0, 0.5, 1, 1);
        double area = 0;
        for (int i = 1; i < curve[0].length; i++) {
            area += (curve[0][i] - curve[0][i - 1]) * (curve[1][i] + curve[1][i - 1]) / 2;
        }
        assertThat(area).isEqualTo(scored.areaUnderCurve());
        assertThat(scored.precisionByRecall()).isDeepEqualTo(new double[][] {{0.5, 1, 1}, {1, 2 / 3.0, 0.5}});
    }
}
