package io.chiaro.eval.diagnostics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.chiaro.testkit.Property;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class ClassDiagnosticsTest {

    @Test
    void classes_at_the_corners_of_a_simplex_are_a_perfect_neural_collapse() {
        NeuralCollapse found = NeuralCollapse.of(Clouds.simplex(20, 5), Clouds.labels(20, 5));

        assertThat(found.classes()).isEqualTo(5);
        assertThat(found.withinToBetween()).isCloseTo(0, within(1e-12));
        assertThat(found.lengthVariation()).isCloseTo(0, within(1e-6));
        assertThat(found.angleVariation()).isCloseTo(0, within(1e-6));
        assertThat(found.simplexDistance()).isCloseTo(0, within(1e-6));
        assertThat(found.orthogonalDistance()).isGreaterThan(0.1);
        assertThat(found.nearestCentre()).isEqualTo(1);
        assertThat(found.cosines()).hasSize(10);
        for (double cosine : found.cosines()) {
            assertThat(cosine).isCloseTo(-0.25, within(1e-6));
        }
    }

    @Test
    void a_layer_that_tells_pairs_apart_gets_them_right_and_a_collapsed_one_none() {
        float[][] axes = Clouds.axes(6, 6);
        float[][] swapped = {axes[1], axes[0], axes[2], axes[3], axes[4], axes[5]};
        float[][] point = new float[6][6];
        for (float[] row : point) {
            row[2] = 1;
        }

        assertThat(LayerProbe.ofPairs(3, axes, axes))
                .isEqualTo(new LayerProbe(
                        3, 1, 0, LayerProbe.ofPairs(3, axes, axes).effectiveRank()));
        assertThat(LayerProbe.ofPairs(0, axes, swapped).accuracy()).isCloseTo(4 / 6.0, within(1e-12));
        assertThat(LayerProbe.ofPairs(0, point, point).accuracy()).isZero();
        assertThat(LayerProbe.ofPairs(0, point, point).averageCosine()).isCloseTo(1, within(1e-12));
        float[][] clusters = Clouds.axes(40, 4);
        assertThat(LayerProbe.ofLabels(1, clusters, Clouds.labels(40, 4), 1).accuracy())
                .isEqualTo(1);
    }

    @Test
    void classes_along_the_axes_are_an_orthogonal_frame_and_a_simplex_around_their_mean() {
        NeuralCollapse found = NeuralCollapse.of(Clouds.axes(12, 4), Clouds.labels(12, 4));

        assertThat(found.orthogonalDistance()).isCloseTo(0, within(1e-9));
        assertThat(found.simplexDistance()).isCloseTo(0, within(1e-9));
    }

    @Test
    void one_point_for_all_classes_has_no_geometry() {
        float[][] point = new float[6][3];
        for (float[] row : point) {
            row[0] = 1;
        }
        NeuralCollapse found = NeuralCollapse.of(point, Clouds.labels(6, 3));

        assertThat(found.withinToBetween()).isNaN();
        assertThat(found.simplexDistance()).isNaN();
        // G is all ones: |G / 3 - I / sqrt(3)|^2 = 3 (1/3 - 1/sqrt 3)^2 + 6 / 9.
        assertThat(found.orthogonalDistance())
                .isCloseTo(Math.sqrt(3 * Math.pow(1 / 3.0 - 1 / Math.sqrt(3), 2) + 6 / 9.0), within(1e-9));
    }

    @Test
    void the_ratio_of_two_classes_on_a_line_is_the_one_of_their_variances() {
        // Unit rows at the angles a and -a around two opposite poles: within variance sin^2 a across the line of the
        // means,
        // none along it, so turn the second class: its rows differ along the line.
        Property.check(20, random -> {
            double angle = 0.1 + random.nextDouble();
            float[][] rows = {
                {1, 0}, {(float) Math.cos(angle), (float) Math.sin(angle)},
                {-1, 0}, {(float) -Math.cos(angle), (float) Math.sin(angle)}
            };
            NeuralCollapse found = NeuralCollapse.of(rows, new int[] {0, 0, 1, 1});
            // Means lie at +-(1 + cos a) / 2 on the line; each row is (1 - cos a) / 2 away from its mean along it.
            double between = Math.pow((1 + Math.cos(angle)) / 2, 2);
            double within = Math.pow((1 - Math.cos(angle)) / 2, 2);
            assertThat(found.withinToBetween()).isCloseTo(within / between / 2, within(1e-5));
        });
    }

    @Test
    void the_ratio_is_the_trace_with_a_pseudo_inverse_found_by_deflation() {
        // Three classes in two dimensions: S_B is regular, and its inverse is written out.
        Property.check(20, random -> {
            float[][] rows = Clouds.gaussian(random, 15, 2);
            int[] labels = Clouds.labels(15, 3);
            double[][] units = new double[15][2];
            double[][] means = new double[3][2];
            for (int i = 0; i < 15; i++) {
                double length = Math.hypot(rows[i][0], rows[i][1]);
                for (int k = 0; k < 2; k++) {
                    units[i][k] = rows[i][k] / length;
                    means[labels[i]][k] += units[i][k] / 5;
                }
            }
            double[][] within = new double[2][2];
            double[][] between = new double[2][2];
            for (int p = 0; p < 2; p++) {
                for (int q = 0; q < 2; q++) {
                    for (int i = 0; i < 15; i++) {
                        within[p][q] += (units[i][p] - means[labels[i]][p]) * (units[i][q] - means[labels[i]][q]) / 15;
                    }
                    double meanP = (means[0][p] + means[1][p] + means[2][p]) / 3;
                    double meanQ = (means[0][q] + means[1][q] + means[2][q]) / 3;
                    for (double[] mean : means) {
                        between[p][q] += (mean[p] - meanP) * (mean[q] - meanQ) / 3;
                    }
                }
            }
            double determinant = between[0][0] * between[1][1] - between[0][1] * between[1][0];
            double trace = (within[0][0] * between[1][1]
                            - within[0][1] * between[1][0]
                            - within[1][0] * between[0][1]
                            + within[1][1] * between[0][0])
                    / determinant;

            assertThat(NeuralCollapse.of(rows, labels).withinToBetween() / (trace / 3))
                    .isCloseTo(1, within(1e-6));
        });
    }

    @Test
    void a_classifier_whose_weights_are_the_means_is_dual_to_them() {
        float[][] rows = Clouds.simplex(12, 4);
        int[] labels = Clouds.labels(12, 4);
        double[][] weights = new double[4][4];
        double[][] opposite = new double[4][4];
        for (int c = 0; c < 4; c++) {
            for (int k = 0; k < 4; k++) {
                weights[c][k] = 7 * rows[c][k] + k;
                opposite[c][k] = -rows[c][k];
            }
        }
        assertThat(NeuralCollapse.duality(weights, rows, labels)).isCloseTo(0, within(1e-6));
        assertThat(NeuralCollapse.duality(opposite, rows, labels)).isCloseTo(2, within(1e-6));
        // A fitted probe of collapsed classes finds the means by itself.
        assertThat(NeuralCollapse.duality(LabelProbe.weights(rows, labels), rows, labels))
                .isLessThan(0.01);
        assertThatThrownBy(() -> NeuralCollapse.duality(new double[3][4], rows, labels))
                .hasMessageContaining("4 classes, but found 3");
    }

    @Test
    void a_probe_reads_what_is_there_and_earns_the_majority_from_noise() {
        SplittableRandom random = new SplittableRandom(5);
        float[][] noise = Clouds.gaussian(random, 400, 6);
        int[] easy = Clouds.labels(400, 2);
        int[] hidden = new int[400];
        for (int i = 0; i < 400; i++) {
            hidden[i] = random.nextInt(4) == 0 ? 1 : 0;
            noise[i][0] = easy[i] == 0 ? -4 : 4;
        }

        LabelProbe told = LabelProbe.of(noise, easy, 1);
        LabelProbe untold = LabelProbe.of(noise, hidden, 1);

        assertThat(told.accuracy()).isGreaterThan(0.98);
        assertThat(told.kept()).isGreaterThan(0.95);
        assertThat(untold.kept()).isLessThan(0.1);
        assertThat(LabelProbe.of(noise, easy, 1)).isEqualTo(told);
        assertThat(LabelProbe.of(noise, new int[400], 1).kept()).isNaN();
    }

    @Test
    void kinds_within_a_class_are_kept_by_one_encoder_and_lost_by_another() {
        SplittableRandom random = new SplittableRandom(6);
        int[] coarse = Clouds.labels(240, 2);
        int[] fine = new int[240];
        float[][] kept = Clouds.gaussian(random, 240, 4);
        float[][] collapsed = Clouds.gaussian(random, 240, 4);
        for (int i = 0; i < 240; i++) {
            fine[i] = coarse[i] * 2 + (i / 2) % 2;
            kept[i][0] += coarse[i] == 0 ? -9 : 9;
            kept[i][1] += fine[i] % 2 == 0 ? -9 : 9;
            collapsed[i][0] += coarse[i] == 0 ? -9 : 9;
        }

        assertThat(SubclassProbe.refines(coarse, fine)).isTrue();
        assertThat(SubclassProbe.refines(fine, coarse)).isFalse();
        assertThat(SubclassProbe.refines(coarse, coarse)).isFalse();
        assertThat(SubclassProbe.of(kept, coarse, fine, 1).kept()).isGreaterThan(0.95);
        assertThat(SubclassProbe.of(collapsed, coarse, fine, 1).kept()).isLessThan(0.35);
        assertThat(LabelProbe.of(collapsed, coarse, 1).kept()).isGreaterThan(0.95);
        assertThat(SubclassProbe.of(kept, fine, fine, 1).kept()).isNaN();
    }

    @Test
    void the_contrastive_loss_bounds_the_mean_classifier_on_any_cloud() {
        Property.check(40, random -> {
            int classes = 2 + random.nextInt(4);
            int n = classes * (1 + random.nextInt(5)) + random.nextInt(classes);
            MeanClassifier found = MeanClassifier.of(
                    Clouds.gaussian(random, n, 2 + random.nextInt(5)),
                    Clouds.labels(n, classes),
                    0.1 + random.nextDouble());

            assertThat(found.supervised()).isLessThanOrEqualTo(found.bound() + 1e-12);
        });
    }

    @Test
    void the_bound_is_tight_for_classes_that_are_points() {
        MeanClassifier found = MeanClassifier.of(Clouds.axes(12, 3), Clouds.labels(12, 3), 0.5);

        // Own cosine 1, others 0: ln(1 + e^-2) for two of three negatives, ln 2 for the third.
        double apart = Math.log1p(Math.exp(-2));
        assertThat(found.collision()).isCloseTo(1.0 / 3, within(1e-12));
        assertThat(found.contrastive()).isCloseTo((2 * apart + Math.log(2)) / 3, within(1e-12));
        assertThat(found.supervised()).isCloseTo(apart, within(1e-12));
        assertThat(found.bound()).isCloseTo(apart, within(1e-12));
        assertThat(found.accuracy()).isEqualTo(1);
    }

    @Test
    void collisions_grow_with_the_negatives() {
        int[] labels = Clouds.labels(10, 5);

        assertThat(MeanClassifier.collisionRate(labels, 1)).isCloseTo(0.2, within(1e-12));
        assertThat(MeanClassifier.collisionRate(labels, 3)).isCloseTo(1 - 0.8 * 0.8 * 0.8, within(1e-12));
    }

    @Test
    void the_concentration_of_points_on_a_line_is_known() {
        float[][] line = {{0}, {1}, {2}, {3}, {100}};
        List<float[][]> views = List.<float[][]>of(line);

        AugmentationConcentration part = AugmentationConcentration.of(views, new int[5], 0.8);
        AugmentationConcentration whole = AugmentationConcentration.of(views, new int[5], 1);

        assertThat(part.upper()).isEqualTo(3);
        assertThat(part.lower()).isLessThanOrEqualTo(3).isGreaterThanOrEqualTo(2);
        assertThat(whole.lower()).isEqualTo(100);
        assertThat(whole.upper()).isEqualTo(100);
        assertThat(part.centreDivergence()).isNaN();
    }

    @Test
    void a_second_view_that_meets_its_neighbours_ties_a_class_together() {
        float[][] items = {{0, 1}, {10, 1}, {20, 1}, {30, 1}};
        float[][] shifted = {{10, 1}, {20, 1}, {30, 1}, {40, 1}};
        int[] one = new int[4];

        assertThat(AugmentationConcentration.of(List.<float[][]>of(items), one, 0.5)
                        .upper())
                .isEqualTo(10);
        assertThat(AugmentationConcentration.of(List.of(items, shifted), one, 0.5)
                        .upper())
                .isZero();
    }

    @Test
    void the_least_diameter_lies_between_both_bounds() {
        Property.check(20, random -> {
            float[][] rows = Clouds.gaussian(random, 8, 2);
            double sigma = 0.3 + 0.6 * random.nextDouble();
            int size = (int) Math.ceil(sigma * 8);

            AugmentationConcentration found = AugmentationConcentration.of(List.<float[][]>of(rows), new int[8], sigma);

            double exact = Double.POSITIVE_INFINITY;
            for (int part = 0; part < 1 << 8; part++) {
                if (Integer.bitCount(part) == size) {
                    double diameter = 0;
                    for (int i = 0; i < 8; i++) {
                        for (int j = 0; j < i; j++) {
                            if ((part >> i & 1) == 1 && (part >> j & 1) == 1) {
                                diameter = Math.max(
                                        diameter, Math.hypot(rows[i][0] - rows[j][0], rows[i][1] - rows[j][1]));
                            }
                        }
                    }
                    exact = Math.min(exact, diameter);
                }
            }
            assertThat(found.lower()).isLessThanOrEqualTo(exact + 1e-6);
            assertThat(found.upper()).isGreaterThanOrEqualTo(exact - 1e-6);
        });
    }

    @Test
    void centres_of_orthogonal_classes_do_not_meet() {
        assertThat(AugmentationConcentration.of(List.<float[][]>of(Clouds.axes(6, 3)), Clouds.labels(6, 3), 1)
                        .centreDivergence())
                .isZero();
    }
}
