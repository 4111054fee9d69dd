package io.chiaro.objective.list;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.chiaro.testkit.Property;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Weights of losses against their formulas as plain loops. */
class ListWeightsTest {

    private static final int RANKS = 4;

    /** Lists with one relevant candidate, which stands first, and from one to six others. */
    private record Lists(List<double[]> scores, List<double[]> grades) {

        static Lists random(SplittableRandom random) {
            List<double[]> scores = new ArrayList<>();
            List<double[]> grades = new ArrayList<>();
            for (int list = 0; list < 5; list++) {
                int size = 2 + random.nextInt(6);
                double[] s = random.doubles(size, -4, 4).toArray();
                double[] g = new double[size];
                g[0] = 1;
                scores.add(s);
                grades.add(g);
            }
            return new Lists(scores, grades);
        }
    }

    private static double sigma(double s) {
        return 1 / (1 + Math.exp(-s));
    }

    /** The weight of each candidate of a list whose first is relevant. */
    private static double[] weights(String loss, double[] s) {
        double sum = 0;
        for (double score : s) {
            sum += Math.exp(score);
        }
        double[] weights = new double[s.length];
        for (int j = 0; j < s.length; j++) {
            double believed = loss.equals("pointwise") ? sigma(s[j]) : Math.exp(s[j]) / sum;
            weights[j] = j == 0 ? 1 - believed : believed;
        }
        return weights;
    }

    @ParameterizedTest
    @ValueSource(strings = {"pointwise", "contrastive"})
    void weights_are_those_of_the_formulas(String loss) {
        Property.check(30, random -> {
            Lists lists = Lists.random(random);
            double relevant = 0;
            double others = 0;
            double common = 0;
            double[] byHardness = new double[RANKS];
            int[] counted = new int[RANKS];
            for (double[] s : lists.scores()) {
                double[] w = weights(loss, s);
                double pushed = 0;
                boolean[] taken = new boolean[s.length];
                for (int j = 1; j < s.length; j++) {
                    pushed += w[j];
                }
                for (int rank = 0; rank < Math.min(RANKS, s.length - 1); rank++) {
                    int hardest = -1;
                    for (int j = 1; j < s.length; j++) {
                        if (!taken[j] && (hardest < 0 || s[j] > s[hardest])) {
                            hardest = j;
                        }
                    }
                    taken[hardest] = true;
                    byHardness[rank] += w[hardest];
                    counted[rank]++;
                }
                relevant += w[0] / 5;
                others += pushed / 5;
                common += Math.abs(pushed - w[0]) / (pushed + w[0]) / 5;
            }

            ListWeights found = ListWeights.of(ListLoss.named(loss), lists.scores(), lists.grades(), RANKS);

            assertThat(found.relevant()).isCloseTo(relevant, within(1e-12));
            assertThat(found.others()).isCloseTo(others, within(1e-12));
            assertThat(found.common()).isCloseTo(common, within(1e-12));
            for (int rank = 0; rank < found.byHardness().length; rank++) {
                assertThat(found.byHardness()[rank]).isCloseTo(byHardness[rank] / counted[rank], within(1e-12));
            }
        });
    }

    @Test
    void a_contrast_pulls_as_strongly_as_it_pushes_and_moves_nothing_in_common() {
        Property.check(30, random -> {
            Lists lists = Lists.random(random);
            for (String loss : List.of("contrastive", "ranknet", "lambda-loss")) {
                ListWeights found = ListWeights.of(ListLoss.named(loss), lists.scores(), lists.grades(), RANKS);
                assertThat(found.others()).isCloseTo(found.relevant(), within(1e-9));
                assertThat(found.common()).isCloseTo(0, within(1e-9));
            }
        });
    }

    @Test
    void scores_that_all_lie_too_high_are_pushed_down_together_by_pointwise_alone() {
        List<double[]> scores = List.of(new double[] {9, 8, 8});
        List<double[]> grades = List.of(new double[] {1, 0, 0});
        ListWeights pointwise = ListWeights.of(ListLoss.pointwise(), scores, grades, RANKS);
        ListWeights contrastive = ListWeights.of(ListLoss.contrastive(), scores, grades, RANKS);
        assertThat(pointwise.common()).isGreaterThan(0.99);
        assertThat(pointwise.byHardness()[0]).isGreaterThan(0.99);
        assertThat(contrastive.byHardness()[0]).isLessThan(0.3);
    }
}
