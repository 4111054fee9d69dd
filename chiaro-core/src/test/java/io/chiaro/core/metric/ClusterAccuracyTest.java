package io.chiaro.core.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.chiaro.testkit.Property;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/** The accuracy of clusters under their best names. */
class ClusterAccuracyTest {

    @Test
    void the_names_of_clusters_do_not_matter() {
        assertThat(ClusterAgreement.of(new int[] {0, 0, 1, 1, 2}, new int[] {7, 7, -3, -3, 0})
                        .accuracy())
                .isEqualTo(1);
        assertThat(ClusterAgreement.of(new int[] {0, 0, 1, 1, 2}, new int[] {5, 5, 5, 5, 5})
                        .accuracy())
                .as("one cluster can have one name")
                .isCloseTo(0.4, within(1e-12));
        assertThat(ClusterAgreement.of(new int[] {4, 4, 4}, new int[] {0, 1, 2}).accuracy())
                .as("and a class names one cluster")
                .isCloseTo(1 / 3.0, within(1e-12));
    }

    @Test
    void it_is_the_best_of_all_ways_to_name_clusters() {
        Property.check(200, random -> {
            int groups = 1 + random.nextInt(6);
            int[] classes = drawn(random, groups);
            int[] clusters = drawn(random, 1 + random.nextInt(6));
            assertThat(ClusterAgreement.of(classes, clusters).accuracy())
                    .isCloseTo(best(classes, clusters, 0, new int[6], 0) / (double) classes.length, within(1e-12));
        });
    }

    private static int[] drawn(RandomGenerator random, int groups) {
        int[] drawn = new int[40];
        for (int i = 0; i < drawn.length; i++) {
            drawn[i] = random.nextInt(groups);
        }
        return drawn;
    }

    /** Tries all names for the clusters from one on. */
    private static int best(int[] classes, int[] clusters, int cluster, int[] names, int used) {
        if (cluster == names.length) {
            int right = 0;
            for (int i = 0; i < classes.length; i++) {
                right += names[clusters[i]] == classes[i] ? 1 : 0;
            }
            return right;
        }
        int most = 0;
        for (int name = 0; name < names.length; name++) {
            if ((used >> name & 1) == 0) {
                names[cluster] = name;
                most = Math.max(most, best(classes, clusters, cluster + 1, names, used | 1 << name));
            }
        }
        return most;
    }
}
