package io.chiaro.eval.diagnostics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.chiaro.testkit.Property;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class CloudDiagnosticsTest {

    private static final int[] NO_GROUPS = {};

    @Test
    void tolerance_is_one_for_classes_that_are_points_and_the_cosine_of_the_points_stands_beside_it() {
        float[][] rows = {{1, 0}, {2, 0}, {0, 1}, {0, 3}, {0, 1}};

        Tolerance tolerance = Tolerance.of(rows, new int[] {5, 5, 9, 9, 9});

        assertThat(tolerance.within()).isCloseTo(1, within(1e-12));
        assertThat(tolerance.between()).isCloseTo(0, within(1e-12));
        assertThat(tolerance.pairs()).isEqualTo(1 + 3);
        assertThat(Tolerance.of(rows, new int[] {0, 1, 2, 3, 4}).within()).isNaN();
    }

    @Test
    void scores_of_pairs_and_of_classes_are_the_cosines_of_a_plain_loop() {
        Property.check(20, random -> {
            float[][] anchors = Clouds.gaussian(random, 7, 3);
            float[][] positives = Clouds.gaussian(random, 7, 3);

            ScoreDistribution pairs = ScoreDistribution.ofPairs(anchors, positives, new int[] {0, 0, 1, 2, 3, 4, 5});

            assertThat(pairs.positives()[4]).isCloseTo(Clouds.cosine(anchors[4], positives[4]), within(1e-9));
            // Rows 0 and 1 are one group, so two of the 42 other combinations are no negatives.
            assertThat(pairs.negatives()).hasSize(40);
            double above = 0;
            for (double positive : pairs.positives()) {
                for (double negative : pairs.negatives()) {
                    above += positive > negative ? 1 : positive == negative ? 0.5 : 0;
                }
            }
            assertThat(pairs.auc()).isCloseTo(above / 7 / 40, within(1e-12));

            ScoreDistribution classes = ScoreDistribution.ofClasses(anchors, new int[] {0, 0, 0, 1, 1, 2, 2});
            assertThat(classes.positives()).hasSize(3 + 1 + 1);
            assertThat(classes.negatives()).hasSize(21 - 5);
        });
    }

    @Test
    void scores_overlap_fully_in_a_collapsed_cloud_and_not_at_all_between_axes() {
        float[][] point = new float[6][4];
        for (float[] row : point) {
            row[1] = 2;
        }
        ScoreDistribution collapsed = ScoreDistribution.ofPairs(point, point, NO_GROUPS);
        ScoreDistribution axes = ScoreDistribution.ofPairs(Clouds.axes(4, 4), Clouds.axes(4, 4), NO_GROUPS);

        assertThat(collapsed.overlap()).isCloseTo(1, within(1e-12));
        assertThat(collapsed.auc()).isEqualTo(0.5);
        assertThat(axes.overlap()).isZero();
        assertThat(axes.auc()).isEqualTo(1);
    }

    @Test
    void all_negatives_get_the_same_between_axes_and_one_gets_all_at_a_low_temperature() {
        float[][] axes = Clouds.axes(9, 9);

        HardnessProfile even = HardnessProfile.of(axes, axes, NO_GROUPS, 0.1);

        assertThat(even.entropy()).isCloseTo(1, within(1e-12));
        assertThat(even.effectiveNegatives()).isCloseTo(8, within(1e-9));
        assertThat(even.hardest()).isCloseTo(1.0 / 8, within(1e-12));
        assertThat(Arrays.stream(even.share()).sum()).isCloseTo(1, within(1e-12));

        float[][] rows = Clouds.gaussian(new SplittableRandom(3), 30, 5);
        assertThat(HardnessProfile.of(rows, rows, NO_GROUPS, 1e-4).hardest()).isCloseTo(1, within(1e-3));
    }

    @Test
    void the_shares_of_the_gradient_are_those_of_finite_differences_of_the_softmax_loss() {
        Property.check(10, random -> {
            float[][] anchors = Clouds.gaussian(random, 5, 3);
            float[][] candidates = Clouds.gaussian(random, 5, 3);
            double temperature = 0.2 + random.nextDouble();

            HardnessProfile profile = HardnessProfile.of(anchors, candidates, NO_GROUPS, temperature);

            double hardest = 0;
            for (int i = 0; i < 5; i++) {
                double[] slopes = new double[5];
                double sum = 0;
                for (int j = 0; j < 5; j++) {
                    if (j != i) {
                        slopes[j] = (loss(anchors, candidates, i, j, 1e-5, temperature)
                                        - loss(anchors, candidates, i, j, -1e-5, temperature))
                                / 2e-5;
                        sum += slopes[j];
                    }
                }
                hardest += Arrays.stream(slopes).max().orElseThrow() / sum / 5;
            }
            assertThat(profile.hardest()).isCloseTo(hardest, within(1e-6));
        });
    }

    /** The softmax loss of anchor i with the score of candidate j moved. */
    private static double loss(
            float[][] anchors, float[][] candidates, int i, int j, double moved, double temperature) {
        double sum = 0;
        for (int k = 0; k < candidates.length; k++) {
            double score = Clouds.cosine(anchors[i], candidates[k]) + (k == j ? moved : 0);
            sum += Math.exp(score / temperature);
        }
        return Math.log(sum) - Clouds.cosine(anchors[i], candidates[i]) / temperature;
    }

    @Test
    void the_entropy_of_the_gradient_rises_with_the_temperature() {
        Property.check(20, random -> {
            float[][] rows = Clouds.gaussian(random, 12, 4);
            double before = -1;
            for (double temperature : new double[] {0.02, 0.1, 0.5, 2, 10}) {
                double entropy =
                        HardnessProfile.of(rows, rows, NO_GROUPS, temperature).entropy();
                assertThat(entropy).isGreaterThan(before);
                before = entropy;
            }
        });
    }

    @Test
    void a_simplex_carries_all_its_directions_alike_and_a_line_only_one() {
        SingularSpectrum simplex = SingularSpectrum.of(Clouds.simplex(12, 4));

        assertThat(simplex.values()[0]).isEqualTo(1);
        assertThat(simplex.values()[2]).isCloseTo(1, within(1e-5));
        assertThat(simplex.values()[3]).isCloseTo(0, within(1e-3));
        assertThat(simplex.participation()).isCloseTo(3, within(1e-4));
        assertThat(simplex.directionsOf90Percent()).isEqualTo(3);

        SingularSpectrum line = SingularSpectrum.of(new float[][] {{1, 0}, {-1, 0}, {2, 0}});
        assertThat(line.participation()).isCloseTo(1, within(1e-9));
        assertThat(line.effectiveRank()).isCloseTo(1, within(1e-9));
        assertThat(line.directionsOf90Percent()).isEqualTo(1);
    }

    @Test
    void isotropy_is_one_for_variances_that_are_equal_and_zero_for_a_single_one() {
        float[][] cross = {{1, 0, 0}, {-1, 0, 0}, {0, 1, 0}, {0, -1, 0}, {0, 0, 1}, {0, 0, -1}};
        float[][] line = {{1, 0, 0}, {-1, 0, 0}, {2, 0, 0}, {-2, 0, 0}};

        assertThat(Isotropy.of(cross).isoScore()).isCloseTo(1, within(1e-9));
        assertThat(Isotropy.of(cross).averageCosine()).isCloseTo(-3.0 / 15, within(1e-9));
        assertThat(Isotropy.of(line).isoScore()).isCloseTo(0, within(1e-9));
    }

    @Test
    void the_iso_score_counts_the_directions_that_are_used() {
        // With k of d equal variances phi is k / d, so the score is (k - 1) / (d - 1) (Rudman et al., section 4).
        for (int used = 1; used <= 5; used++) {
            float[][] rows = new float[2 * used][5];
            for (int k = 0; k < used; k++) {
                rows[2 * k][k] = 1;
                rows[2 * k + 1][k] = -1;
            }
            assertThat(Isotropy.of(rows).isoScore()).isCloseTo((used - 1) / 4.0, within(1e-6));
        }
    }

    @Test
    void a_gap_is_one_shift_for_all_pairs_and_none_for_a_side_and_itself() {
        float[][] left = {{1, 0, 1}, {0, 1, 1}, {-1, 0, 1}, {0, -1, 1}};
        float[][] right = {{1, 0, -1}, {0, 1, -1}, {-1, 0, -1}, {0, -1, -1}};

        ModalityGap gap = ModalityGap.of(left, right);

        assertThat(gap.distance()).isCloseTo(Math.sqrt(2), within(1e-9));
        assertThat(gap.direction()[2]).isCloseTo(1, within(1e-9));
        assertThat(gap.agreement()).isCloseTo(1, within(1e-9));
        assertThat(gap.separability()).isEqualTo(1);

        ModalityGap none = ModalityGap.of(left, left);
        assertThat(none.distance()).isZero();
        assertThat(none.separability()).isEqualTo(0.5);
    }

    @Test
    void turning_and_scaling_a_cloud_changes_no_figure() {
        Property.check(10, random -> {
            float[][] anchors = Clouds.gaussian(random, 24, 5);
            float[][] positives = Clouds.gaussian(random, 24, 5);
            int[] labels = Clouds.labels(24, 3);
            long seed = random.nextLong();
            float[][] a = Clouds.turned(new SplittableRandom(seed), anchors, 3);
            float[][] b = Clouds.turned(new SplittableRandom(seed), positives, 3);

            assertThat(Tolerance.of(a, labels).within())
                    .isCloseTo(Tolerance.of(anchors, labels).within(), within(1e-5));
            assertThat(HardnessProfile.of(a, b, NO_GROUPS, 0.1).entropy())
                    .isCloseTo(
                            HardnessProfile.of(anchors, positives, NO_GROUPS, 0.1)
                                    .entropy(),
                            within(1e-5));
            assertThat(SingularSpectrum.of(a).participation())
                    .isCloseTo(SingularSpectrum.of(anchors).participation(), within(1e-4));
            assertThat(Isotropy.of(a).isoScore()).isCloseTo(Isotropy.of(anchors).isoScore(), within(1e-5));
            assertThat(ModalityGap.of(a, b).distance())
                    .isCloseTo(ModalityGap.of(anchors, positives).distance(), within(1e-5));
            NeuralCollapse before = NeuralCollapse.of(anchors, labels);
            NeuralCollapse after = NeuralCollapse.of(a, labels);
            assertThat(after.withinToBetween()).isCloseTo(before.withinToBetween(), within(1e-3));
            assertThat(after.simplexDistance()).isCloseTo(before.simplexDistance(), within(1e-5));
            assertThat(MeanClassifier.of(a, labels, 0.5).supervised())
                    .isCloseTo(MeanClassifier.of(anchors, labels, 0.5).supervised(), within(1e-5));
            assertThat(UpdateDecomposition.of(a, b, 0.1).agreement())
                    .isCloseTo(UpdateDecomposition.of(anchors, positives, 0.1).agreement(), within(1e-5));
        });
    }

    @Test
    void what_does_not_fit_is_refused_by_name() {
        float[][] rows = Clouds.axes(3, 3);

        assertThatThrownBy(() -> Tolerance.of(rows, new int[2]))
                .hasMessageContaining("Tolerance.of")
                .hasMessageContaining("3 rows and 2 labels");
        assertThatThrownBy(() -> HardnessProfile.of(rows, rows, NO_GROUPS, 0)).hasMessageContaining("temperature");
        assertThatThrownBy(() -> HardnessProfile.of(rows, rows, new int[3], 1)).hasMessageContaining("two negatives");
        assertThatThrownBy(() -> ModalityGap.of(rows, Clouds.axes(2, 3))).hasMessageContaining("3 and 2");
        assertThatThrownBy(() -> NeighbourOverlap.of(rows, rows, 3)).hasMessageContaining("from 1 to 2");
    }
}
