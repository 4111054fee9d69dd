package io.chiaro.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.chiaro.core.ChiaroException;
import io.chiaro.core.RandomStream;
import io.chiaro.data.KMeans;
import io.chiaro.model.TextVectors;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ProbesTest {

    private static float[][] rows(int n, int d, int[] labels, int classes, double spread) {
        RandomStream random = RandomStream.of(3, "probe-rows", n, d, classes);
        float[][] rows = new float[n][d];
        for (int i = 0; i < n; i++) {
            labels[i] = i % classes;
            for (int k = 0; k < d; k++) {
                rows[i][k] = (float) (spread * random.nextGaussian() + (k == labels[i] ? 1 : 0));
            }
        }
        return rows;
    }

    @Test
    void the_gradient_of_the_logistic_probe_agrees_with_finite_differences() {
        int[] labels = new int[30];
        float[][] rows = rows(30, 5, labels, 3, 0.8);
        RandomStream random = RandomStream.of(3, "parameters");
        double[] point = new double[6 * 3];
        for (int i = 0; i < point.length; i++) {
            point[i] = random.nextGaussian();
        }
        double[] gradient = new double[point.length];
        double[] ignored = new double[point.length];
        LogisticProbe.loss(rows, labels, 3, 0.7, point, gradient);
        for (int i = 0; i < point.length; i++) {
            double[] up = point.clone();
            double[] down = point.clone();
            up[i] += 1e-5;
            down[i] -= 1e-5;
            double slope = (LogisticProbe.loss(rows, labels, 3, 0.7, up, ignored)
                            - LogisticProbe.loss(rows, labels, 3, 0.7, down, ignored))
                    / 2e-5;
            assertThat(gradient[i]).isCloseTo(slope, within(1e-8));
        }
    }

    @Test
    void the_logistic_probe_ends_where_the_gradient_vanishes() {
        int[] labels = new int[200];
        float[][] rows = rows(200, 8, labels, 4, 0.6);
        LogisticProbe probe = LogisticProbe.fit(rows, labels, 4, 1, 500);
        double[] gradient = new double[9 * 4];
        LogisticProbe.loss(rows, labels, 4, 1, probe.parameters(), gradient);
        assertThat(probe.iterations()).isLessThan(100);
        for (double slope : gradient) {
            assertThat(slope).isCloseTo(0, within(1e-5));
        }
        assertThat(LogisticProbe.fit(rows, labels, 4, 1, 500).parameters()).isEqualTo(probe.parameters());
    }

    @Test
    void the_logistic_probe_finds_the_weights_that_scikit_learn_finds() {
        // Rows and expected numbers as in src/test/python/logistic_values.py.
        int[] labels = new int[60];
        float[][] rows = new float[60][4];
        for (int i = 0; i < 60; i++) {
            labels[i] = i % 3;
            for (int k = 0; k < 4; k++) {
                rows[i][k] = (float) ((7 * i + 3 * k + i * k) % 11 / 11.0 + (k == labels[i] ? 1 : 0));
            }
        }
        double[] expected = {
            2.442255, -1.289697, -1.152558, -1.077416, 2.317705, -1.240289, -1.084433, -1.310701, 2.395135, 0.115886,
            0.106614, -0.222500, -0.363537, 0.198313, 0.165223
        };
        double[] found = LogisticProbe.fit(rows, labels, 3, 2, 1000).parameters();
        double shift = (found[12] + found[13] + found[14]) / 3;
        for (int i = 0; i < expected.length; i++) {
            assertThat(found[i] - (i < 12 ? 0 : shift)).isCloseTo(expected[i], within(2e-3));
        }
    }

    @Test
    void neighbours_vote_and_the_nearest_decides_a_draw() {
        float[][] train = {{1, 0}, {0.9f, 0.1f}, {0, 1}, {0.1f, 0.9f}};
        int[] labels = {0, 1, 1, 1};
        float[][] test = {{1, 0}, {0, 1}};
        assertThat(NeighbourProbe.predict(train, labels, 2, test, NeighbourVote.even(1)))
                .containsExactly(0, 1);
        assertThat(NeighbourProbe.predict(train, labels, 2, test, NeighbourVote.even(2)))
                .containsExactly(0, 1);
        assertThat(NeighbourProbe.predict(train, labels, 2, test, NeighbourVote.even(4)))
                .containsExactly(1, 1);
    }

    /** All distances sorted, all votes added, none of it as the probe does it. */
    private static int[] byPlainLoops(float[][] train, int[] labels, int classes, float[][] test, NeighbourVote vote) {
        int[] predicted = new int[test.length];
        for (int i = 0; i < test.length; i++) {
            double[] votes = new double[classes];
            double[] cosines = new double[train.length];
            double[] distances = new double[train.length];
            for (int j = 0; j < train.length; j++) {
                for (int k = 0; k < test[i].length; k++) {
                    cosines[j] += (double) test[i][k] * train[j][k];
                    distances[j] += Math.pow((double) test[i][k] - train[j][k], 2);
                }
                distances[j] = Math.sqrt(distances[j]);
            }
            boolean distance = vote.kind() == NeighbourVote.Kind.INVERSE_DISTANCE;
            IntStream.range(0, train.length)
                    .boxed()
                    .sorted(Comparator.comparingDouble(j -> distance ? distances[j] : -cosines[j]))
                    .limit(vote.neighbours())
                    .forEach(j -> votes[labels[j]] += switch (vote.kind()) {
                        case EVEN -> 1;
                        case EXPONENTIAL -> Math.exp(cosines[j] / vote.temperature());
                        case INVERSE_DISTANCE -> 1 / (distances[j] + 1e-5);
                    });
            for (int label = 1; label < classes; label++) {
                predicted[i] = votes[label] > votes[predicted[i]] ? label : predicted[i];
            }
        }
        return predicted;
    }

    @Test
    void weighted_votes_are_those_of_their_formulas() {
        int[] labels = new int[90];
        float[][] all = rows(90, 6, labels, 3, 0.7);
        float[][] units = all.clone();
        for (int i = 0; i < units.length; i++) {
            units[i] = all[i].clone();
            TextVectors.normalize(units[i]);
        }
        int[] known = Arrays.copyOf(labels, 60);
        for (NeighbourVote vote : List.of(
                NeighbourVote.exponential(25, 0.1),
                NeighbourVote.exponential(20, 0.07),
                NeighbourVote.exponential(200, 0.1),
                NeighbourVote.inverseDistance(20),
                NeighbourVote.inverseDistance(200))) {
            float[][] rows = vote.comparesUnits() ? units : all;
            float[][] train = Arrays.copyOf(rows, 60);
            float[][] test = Arrays.copyOfRange(rows, 60, 90);
            int[] expected = byPlainLoops(train, known, 3, test, vote);
            assertThat(NeighbourProbe.predict(train, known, 3, test, vote))
                    .as(vote.words())
                    .isEqualTo(expected);
            // The probe over both parts brings rows to length one where the vote wants it, and only there.
            int[] held = Arrays.copyOfRange(labels, 60, 90);
            double right =
                    IntStream.range(0, 30).filter(i -> expected[i] == held[i]).count() / 30.0;
            float[][] raw = Arrays.copyOf(all, 60);
            assertThat(ClassProbe.of(raw, known, Arrays.copyOfRange(all, 60, 90), held, 3, vote)
                            .neighbourAccuracy())
                    .isEqualTo(right);
        }
    }

    @Test
    void a_near_neighbour_outweighs_two_far_ones_and_only_where_votes_have_weights() {
        float[][] train = {{1, 0}, {0.6f, 0.8f}, {0.6f, -0.8f}};
        int[] labels = {0, 1, 1};
        float[][] test = {{1, 0}};
        // exp(10) against 2 exp(6); 1 / 1e-5 against 2 / 0.894.
        assertThat(NeighbourProbe.predict(train, labels, 2, test, NeighbourVote.even(3)))
                .containsExactly(1);
        assertThat(NeighbourProbe.predict(train, labels, 2, test, NeighbourVote.exponential(3, 0.1)))
                .containsExactly(0);
        assertThat(NeighbourProbe.predict(train, labels, 2, test, NeighbourVote.inverseDistance(3)))
                .containsExactly(0);
        // exp(1 / 2) against 2 exp(0.6 / 2).
        assertThat(NeighbourProbe.predict(train, labels, 2, test, NeighbourVote.exponential(3, 2)))
                .containsExactly(1);
        // exp(1e5) is no number, and the nearest wins all the same.
        assertThat(NeighbourProbe.predict(train, labels, 2, test, NeighbourVote.exponential(3, 1e-5)))
                .containsExactly(0);
    }

    @Test
    void a_distance_sees_lengths_and_a_cosine_does_not() {
        float[][] train = {{10, 0}, {0, 1}};
        int[] labels = {0, 1};
        float[][] test = {{1, 0.5f}};
        assertThat(ClassProbe.of(train, labels, test, new int[] {0}, 2, NeighbourVote.even(1))
                        .neighbourAccuracy())
                .isEqualTo(1);
        assertThat(ClassProbe.of(train, labels, test, new int[] {1}, 2, NeighbourVote.inverseDistance(1))
                        .neighbourAccuracy())
                .isEqualTo(1);
    }

    @Test
    void a_vote_is_written_as_text_and_what_has_no_effect_is_refused() {
        assertThat(NeighbourVote.parse("--neighbours", "even,k=7")).isEqualTo(NeighbourVote.even(7));
        assertThat(NeighbourVote.parse("--neighbours", "exponential")).isEqualTo(NeighbourVote.exponential(200, 0.1));
        assertThat(NeighbourVote.parse("--neighbours", "exponential,k=20,temperature=0.07"))
                .isEqualTo(NeighbourVote.exponential(20, 0.07));
        assertThat(NeighbourVote.parse("--neighbours", "inverse-distance"))
                .isEqualTo(NeighbourVote.inverseDistance(20));
        for (String wrong : List.of(
                "even",
                "evenly,k=5",
                "even,k=0",
                "even,k=5,k=6",
                "even,k=5,temperature=0.1",
                "inverse-distance,temperature=0.1",
                "exponential,temperature=0",
                "exponential,temperature=warm",
                "exponential,200")) {
            assertThatThrownBy(() -> NeighbourVote.parse("--neighbours", wrong))
                    .as(wrong)
                    .isInstanceOf(ChiaroException.class)
                    .hasMessageContaining("--neighbours");
        }
    }

    @Test
    void k_means_finds_clouds_that_lie_apart_and_repeats_itself() {
        int[] labels = new int[300];
        float[][] rows = rows(300, 10, labels, 6, 0.05);
        int[] clusters = KMeans.cluster(rows, 6, 3, 11);
        assertThat(io.chiaro.core.metric.ClusterAgreement.of(labels, clusters).adjustedRandIndex())
                .isEqualTo(1);
        assertThat(KMeans.cluster(rows, 6, 3, 11)).isEqualTo(clusters);
    }

    @Test
    void k_means_bears_fewer_different_rows_than_clusters() {
        float[][] rows = {{1, 0}, {1, 0}, {1, 0}, {0, 1}, {0, 1}};
        int[] clusters = KMeans.cluster(rows, 4, 2, 1);
        assertThat(clusters[0]).isNotEqualTo(clusters[3]);
    }
}
