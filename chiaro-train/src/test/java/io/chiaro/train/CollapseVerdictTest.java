package io.chiaro.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.chiaro.core.RandomStream;
import io.chiaro.train.CollapseVerdict.Level;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class CollapseVerdictTest {

    private static float[][] gaussian(int n, int d, long key) {
        RandomStream random = RandomStream.of(42, "cloud", key);
        float[][] cloud = new float[n][d];
        for (float[] row : cloud) {
            for (int j = 0; j < d; j++) {
                row[j] = (float) random.nextGaussian();
            }
        }
        return cloud;
    }

    /** {@code share * common + (1 - share) * cloud / sqrt(d)}. */
    private static float[][] mixed(float[][] cloud, double share) {
        int d = cloud[0].length;
        float[][] mixed = new float[cloud.length][d];
        for (int i = 0; i < cloud.length; i++) {
            for (int j = 0; j < d; j++) {
                mixed[i][j] = (float) ((share * (j % 2 == 0 ? 1 : -1) + (1 - share) * cloud[i][j]) / Math.sqrt(d));
            }
        }
        return mixed;
    }

    private static float[][] clustered(int n, int d, int clusters, double noise, long key) {
        float[][] centres = gaussian(clusters, d, key);
        float[][] cloud = gaussian(n, d, key + 1000);
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < d; j++) {
                cloud[i][j] = (float) (centres[i % clusters][j] + noise * cloud[i][j]);
            }
        }
        return cloud;
    }

    @Test
    void all_items_on_one_point_are_a_collapse() {
        float[][] cloud = new float[64][32];
        for (float[] row : cloud) {
            java.util.Arrays.fill(row, 0.3f);
        }

        CollapseVerdict verdict = CollapseVerdict.of(cloud);

        assertThat(verdict.level()).isEqualTo(Level.COLLAPSED);
        assertThat(verdict.standardDeviation()).isEqualTo(0, within(1e-6));
        assertThat(verdict.effectiveRank()).isEqualTo(1, within(1e-3));
        assertThat(verdict.uniformity()).isEqualTo(0, within(1e-6));
        assertThat(verdict.meanCosine()).isEqualTo(1, within(1e-6));
        assertThat(verdict.reason()).contains("mean cosine of 1.000");
    }

    @Test
    void items_on_one_line_are_a_collapse_even_with_noise_and_a_low_mean_cosine() {
        for (double noise : new double[] {0, 0.02, 0.1}) {
            float[][] line = gaussian(64, 48, 1);
            float[][] axis = gaussian(1, 48, 2);
            for (float[] row : line) {
                double along = row[0];
                for (int j = 0; j < 48; j++) {
                    row[j] = (float) (along * axis[0][j] + noise * row[j]);
                }
            }

            CollapseVerdict verdict = CollapseVerdict.of(line);

            assertThat(verdict.level()).as("noise %s", noise).isEqualTo(Level.COLLAPSED);
            assertThat(verdict.meanCosine()).isLessThan(0.5);
            assertThat(verdict.reason()).contains("directions of 48");
        }
    }

    @Test
    void a_slow_drift_to_a_cone_warns_before_it_has_collapsed() {
        float[][] cloud = gaussian(128, 64, 3);
        List<Level> levels = new ArrayList<>();
        for (double share = 0; share <= 0.98; share += 0.02) {
            levels.add(CollapseVerdict.of(mixed(cloud, share)).level());
        }

        assertThat(levels)
                .isSorted()
                .startsWith(Level.HEALTHY)
                .contains(Level.WARNING)
                .endsWith(Level.COLLAPSED);
    }

    @Test
    void ten_healthy_clouds_stay_silent() {
        List<float[][]> clouds = List.of(
                gaussian(256, 384, 10),
                gaussian(32, 384, 11),
                gaussian(8, 64, 12),
                gaussian(512, 16, 13),
                gaussian(100, 2, 14),
                clustered(200, 64, 10, 0.3, 15),
                clustered(64, 128, 4, 0.5, 16),
                clustered(128, 96, 2, 1.0, 17),
                // A model trained at a low temperature: every cosine near 0.85.
                mixed(gaussian(128, 256, 18), 0.7),
                gaussian(3, 8, 19));

        assertThat(clouds).hasSize(10).allSatisfy(cloud -> {
            CollapseVerdict verdict = CollapseVerdict.of(cloud);
            assertThat(verdict.level()).as(verdict.toString()).isEqualTo(Level.HEALTHY);
        });
    }

    @Test
    void figures_of_a_known_cloud_are_exact() {
        // The four points +-e1, +-e2 of the plane, twice.
        float[][] cloud = {{1, 0}, {-1, 0}, {0, 1}, {0, -1}, {2, 0}, {-2, 0}, {0, 2}, {0, -2}};

        CollapseVerdict verdict = CollapseVerdict.of(cloud, cloud);

        assertThat(verdict.meanCosine()).isEqualTo(-1 / 7.0, within(1e-9));
        assertThat(verdict.directions()).isEqualTo(2, within(1e-9));
        assertThat(verdict.effectiveRank()).isEqualTo(2, within(1e-9));
        assertThat(verdict.alignment()).isZero();
        assertThat(verdict.standardDeviation()).isEqualTo(Math.sqrt(2) * Math.sqrt(4 / 7.0), within(1e-9));
        // 28 pairs: 4 coincide, 8 at distance 2, 16 at distance sqrt 2.
        assertThat(verdict.uniformity())
                .isEqualTo(Math.log((4 + 8 * Math.exp(-8) + 16 * Math.exp(-4)) / 28), within(1e-9));
    }

    @Test
    void values_that_are_not_finite_and_vectors_of_length_zero_are_said() {
        float[][] broken = gaussian(16, 8, 20);
        broken[3][2] = Float.NaN;

        assertThat(CollapseVerdict.of(broken).level()).isEqualTo(Level.COLLAPSED);
        assertThat(CollapseVerdict.of(broken).reason()).isEqualTo("the embedding of item 3 is not finite");
        assertThat(CollapseVerdict.of(new float[16][8]).reason()).isEqualTo("16 of 16 embeddings have length 0");
    }
}
