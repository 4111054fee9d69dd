package io.chiaro.eval.diagnostics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.chiaro.testkit.Property;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class SpaceDiagnosticsTest {

    @Test
    void a_turned_space_has_the_same_neighbours_and_an_unrelated_one_those_of_chance() {
        SplittableRandom random = new SplittableRandom(1);
        float[][] rows = Clouds.gaussian(random, 300, 8);

        NeighbourOverlap same = NeighbourOverlap.of(rows, Clouds.turned(random, rows, 2), 10);
        NeighbourOverlap unrelated = NeighbourOverlap.of(rows, Clouds.gaussian(random, 300, 8), 10);

        assertThat(same.overlap()).isCloseTo(1, within(1e-3));
        assertThat(unrelated.chance()).isCloseTo(10 / 299.0, within(1e-12));
        assertThat(unrelated.overlap()).isCloseTo(unrelated.chance(), within(0.02));
    }

    @Test
    void neighbours_overlap_by_half_where_one_of_two_changes() {
        float[][] first = {{1, 0}, {0.9f, 0.1f}, {0.8f, 0.2f}, {0, 1}};
        float[][] second = {{1, 0}, {0.9f, 0.1f}, {0, 1}, {0.8f, 0.2f}};

        // Rows 0 and 1 trade a neighbour, rows 2 and 3 have two of three in common or more.
        assertThat(NeighbourOverlap.of(first, second, 2).overlap()).isBetween(0.5, 0.75);
    }

    @Test
    void a_linear_image_gives_everything_back_and_noise_nothing() {
        SplittableRandom random = new SplittableRandom(2);
        float[][] rows = Clouds.gaussian(random, 400, 6);
        float[][] half = new float[400][3];
        for (int i = 0; i < 400; i++) {
            System.arraycopy(rows[i], 0, half[i], 0, 3);
        }

        assertThat(ReconstructionLoss.of(rows, Clouds.turned(random, rows, 5), 1)
                        .loss())
                .isLessThan(1e-4);
        assertThat(ReconstructionLoss.of(half, rows, 1).loss()).isLessThan(1e-4);
        assertThat(ReconstructionLoss.of(rows, half, 1).loss()).isCloseTo(0.5, within(0.08));
        assertThat(ReconstructionLoss.of(rows, Clouds.gaussian(random, 400, 6), 1)
                        .loss())
                .isBetween(0.95, 1.1);
    }

    @Test
    void few_items_of_many_directions_are_guessed_no_worse_than_by_their_mean() {
        SplittableRandom random = new SplittableRandom(4);

        // A map of 40 directions from 15 items: the chosen ridge keeps it from making things up.
        assertThat(ReconstructionLoss.of(Clouds.gaussian(random, 30, 40), Clouds.gaussian(random, 30, 40), 1)
                        .loss())
                .isLessThan(1.25);
    }

    @Test
    void one_direction_is_read_off_another_whatever_half_is_drawn() {
        float[][] source = {{1}, {-1}, {3}, {-3}};
        float[][] target = {{2}, {-2}, {6}, {-6}};

        // The target is twice the source, so the loss is the ridge's alone and very small.
        assertThat(ReconstructionLoss.of(target, source, 3).loss()).isLessThan(1e-5);
        assertThat(ReconstructionLoss.of(target, new float[4][1], 3).loss()).isGreaterThanOrEqualTo(1);
    }

    @Test
    void the_gap_of_a_set_with_itself_is_zero_and_of_points_known() {
        float[][] axes = Clouds.axes(9, 9);
        GeneralizationGap.Pairs pairs = new GeneralizationGap.Pairs(axes, axes);

        List<GeneralizationGap> gaps = GeneralizationGap.of(pairs, pairs, new int[] {1, 2, 8}, 0.5, 7);

        for (GeneralizationGap gap : gaps) {
            assertThat(gap.gap()).isZero();
            assertThat(gap.seen()).isCloseTo(Math.log1p(gap.negatives() * Math.exp(-2)), within(1e-9));
        }
        assertThat(gaps.get(2).linearGrowth()).isEqualTo(8);
        assertThat(gaps.get(2).logarithmicGrowth()).isCloseTo(1 + Math.log(8), within(1e-12));
    }

    @Test
    void with_all_negatives_the_loss_is_the_cross_entropy_of_a_plain_loop() {
        Property.check(10, random -> {
            float[][] anchors = Clouds.gaussian(random, 6, 3);
            float[][] positives = Clouds.gaussian(random, 6, 3);
            GeneralizationGap.Pairs pairs = new GeneralizationGap.Pairs(anchors, positives);

            double found = GeneralizationGap.of(pairs, pairs, new int[] {5}, 0.3, 1)
                    .get(0)
                    .unseen();

            double expected = 0;
            for (int i = 0; i < 6; i++) {
                double sum = 0;
                for (int j = 0; j < 6; j++) {
                    sum += Math.exp(Clouds.cosine(anchors[i], positives[j]) / 0.3);
                }
                expected += (Math.log(sum) - Clouds.cosine(anchors[i], positives[i]) / 0.3) / 6;
            }
            assertThat(found).isCloseTo(expected, within(1e-9));
            assertThatThrownBy(() -> GeneralizationGap.of(pairs, pairs, new int[] {6}, 0.3, 1))
                    .hasMessageContaining("from 1 to 5");
        });
    }

    @Test
    void a_contrast_pulls_as_much_as_it_pushes_and_cross_entropy_judges_each_pair_alone() {
        Property.check(20, random -> {
            UpdateDecomposition found =
                    UpdateDecomposition.of(Clouds.gaussian(random, 8, 4), Clouds.gaussian(random, 8, 4), 0.2);

            assertThat(found.contrastive().positive())
                    .isCloseTo(found.contrastive().negatives(), within(1e-12));
            assertThat(found.crossEntropy().negatives())
                    .isGreaterThan(found.crossEntropy().hardest());
        });
    }

    @Test
    void with_one_negative_at_the_mirrored_score_both_updates_are_the_same() {
        float[][] axes = Clouds.axes(2, 2);

        UpdateDecomposition found = UpdateDecomposition.of(axes, axes, 0.5);

        // Scores 1 and 0, threshold 1/2: 1 - q = 1 / (1 + e^2), and 1 - g(1) = g(0) = 1 / (1 + e).
        assertThat(found.threshold()).isEqualTo(0.5);
        assertThat(found.contrastive().positive()).isCloseTo(1 / (1 + Math.exp(2)), within(1e-12));
        assertThat(found.crossEntropy().positive()).isCloseTo(1 / (1 + Math.E), within(1e-12));
        assertThat(found.crossEntropy().hardest()).isCloseTo(1 / (1 + Math.E), within(1e-12));
        assertThat(found.agreement()).isCloseTo(1, within(1e-12));
    }

    @Test
    void the_update_of_an_anchor_is_the_slope_of_its_loss() {
        Property.check(10, random -> {
            float[][] anchors = Clouds.gaussian(random, 5, 3);
            float[][] positives = Clouds.gaussian(random, 5, 3);
            double weight = 0;
            for (int i = 0; i < 5; i++) {
                weight -= (loss(anchors, positives, i, 1e-6) - loss(anchors, positives, i, -1e-6)) / 2e-6 * 0.3 / 5;
            }
            assertThat(UpdateDecomposition.of(anchors, positives, 0.3)
                            .contrastive()
                            .positive())
                    .isCloseTo(weight, within(1e-6));
        });
    }

    /** The softmax loss of anchor i with its own score moved. */
    private static double loss(float[][] anchors, float[][] positives, int i, double moved) {
        double own = Clouds.cosine(anchors[i], positives[i]) + moved;
        double sum = Math.exp(own / 0.3);
        for (int j = 0; j < 5; j++) {
            sum += j == i ? 0 : Math.exp(Clouds.cosine(anchors[i], positives[j]) / 0.3);
        }
        return Math.log(sum) - own / 0.3;
    }

    @Test
    void every_diagnostic_has_a_name_of_its_own_and_says_what_it_needs() {
        assertThat(Diagnostic.keys()).doesNotHaveDuplicates().allMatch(key -> key.matches("[a-z]+(-[a-z]+)*"));
        for (Diagnostic diagnostic : Diagnostic.values()) {
            assertThat(diagnostic.words()).isNotBlank();
            assertThat(diagnostic.need().words()).isNotBlank();
            assertThat(diagnostic.papers()).allMatch(paper -> paper >= 1 && paper <= 253);
        }
    }

    @Test
    void a_predictor_made_of_the_eigenvectors_of_its_inputs_is_aligned_and_a_turned_one_is_not() {
        Property.check(10, random -> {
            int d = 5;
            // Directions of different weight, turned together with a predictor that scales each of them otherwise.
            float[][] plain = Clouds.gaussian(random, 200, d);
            for (int i = 0; i < plain.length; i += 2) {
                // Mirrored in pairs, so that directions are exactly the axes.
                for (int k = 0; k < d; k++) {
                    plain[i][k] = k == i / 2 % d ? 2 * (d - k) : 0;
                    plain[i + 1][k] = -plain[i][k];
                }
            }
            float[][] scaled = new float[d][d];
            float[][] swapped = new float[d][d];
            float[][] negative = new float[d][d];
            for (int k = 0; k < d; k++) {
                scaled[k][k] = k + 1;
                swapped[k][(k + 1) % d] = 1;
                negative[k][k] = -1;
            }

            EigenspaceAlignment aligned = EigenspaceAlignment.of(scaled, plain);
            assertThat(aligned.cosines()).containsExactly(new double[] {1, 1, 1, 1, 1}, within(1e-9));
            assertThat(aligned.gains()).containsExactly(new double[] {1, 2, 3, 4, 5}, within(1e-9));
            assertThat(aligned.eigenvalues())
                    .containsExactly(new double[] {1, 16 / 25.0, 9 / 25.0, 4 / 25.0, 1 / 25.0}, within(1e-6));
            assertThat(aligned.weighted()).isCloseTo(1, within(1e-9));

            assertThat(EigenspaceAlignment.of(swapped, plain).cosines()).containsExactly(new double[5], within(1e-9));
            assertThat(EigenspaceAlignment.of(negative, plain).mean()).isCloseTo(-1, within(1e-9));
        });
    }

    @Test
    void directions_without_any_variation_are_not_asked_about() {
        float[][] flat = {{1, 0, 0}, {-1, 0, 0}, {0, 2, 0}};
        float[][] identity = {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}};
        assertThat(EigenspaceAlignment.of(identity, flat).cosines()).hasSize(2);
        assertThatThrownBy(() -> EigenspaceAlignment.of(new float[2][2], flat))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("[3, 3]");
    }
}
