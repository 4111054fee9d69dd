package io.chiaro.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.chiaro.core.RandomStream;
import io.chiaro.data.KMeans;
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
        assertThat(NeighbourProbe.predict(train, labels, 2, test, 1)).containsExactly(0, 1);
        assertThat(NeighbourProbe.predict(train, labels, 2, test, 2)).containsExactly(0, 1);
        assertThat(NeighbourProbe.predict(train, labels, 2, test, 4)).containsExactly(1, 1);
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
