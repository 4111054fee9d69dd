package io.chiaro.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.chiaro.testkit.Property;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class CommunitiesTest {

    private static final int TOPICS = 8;
    private static final int ROWS = 512;

    /** Rows around the centre of their topic, row i of topic i modulo eight. */
    private static float[][] planted(SplittableRandom random, double noise) {
        float[][] centres = rows(random, TOPICS, 16);
        float[][] rows = rows(random, ROWS, 16);
        for (int i = 0; i < ROWS; i++) {
            for (int k = 0; k < 16; k++) {
                rows[i][k] = (float) (centres[i % TOPICS][k] + noise * rows[i][k]);
            }
        }
        return rows;
    }

    private static float[][] rows(SplittableRandom random, int count, int width) {
        float[][] rows = new float[count][width];
        for (float[] row : rows) {
            for (int k = 0; k < width; k++) {
                row[k] = (float) random.nextGaussian();
            }
        }
        return rows;
    }

    /** Every row with texts of its own, but for some that share their first with the row before. */
    private record Table(int rows, int[] groups, int repeatsEach) implements RowTable {

        @Override
        public int columns() {
            return 2;
        }

        @Override
        public long contentHash(int row, int column) {
            boolean repeats = repeatsEach > 0 && column == 0 && row % repeatsEach == 1;
            return 1000L * column + (repeats ? row - 1 : row) + 1_000_000;
        }

        @Override
        public int tokens(int row) {
            return 5 + row % 7;
        }

        @Override
        public int group(int row) {
            return groups[row];
        }
    }

    private static EpochPlan plan(RowTable table, EpochOptions options, long seed, long epoch) {
        return EpochPlan.plan(List.of(table), new double[] {0}, options, seed, epoch);
    }

    /** Of all pairs of rows in a batch the share that has one topic. */
    private static double purity(EpochPlan plan) {
        long same = 0;
        long pairs = 0;
        for (int b = 0; b < plan.batches(); b++) {
            int[] rows = plan.rows(b);
            for (int i : rows) {
                for (int j : rows) {
                    same += i < j && i % TOPICS == j % TOPICS ? 1 : 0;
                    pairs += i < j ? 1 : 0;
                }
            }
        }
        return (double) same / pairs;
    }

    private static List<List<Integer>> listed(EpochPlan plan) {
        List<List<Integer>> batches = new ArrayList<>();
        for (int b = 0; b < plan.batches(); b++) {
            batches.add(Arrays.stream(plan.rows(b)).boxed().toList());
        }
        return batches;
    }

    @Test
    void batches_of_communities_hold_more_of_a_topic_than_random_ones_and_every_row_once() {
        Property.check(3, random -> {
            float[][] queries = planted(random, 0.3);
            float[][] documents = Arrays.stream(queries).map(float[]::clone).toArray(float[][]::new);
            int[] communities = Communities.of(queries, documents, new Communities.Settings(8, 5, 40), 1);
            EpochOptions options = EpochOptions.defaults(16);
            Table table = new Table(ROWS, communities, 0);
            EpochPlan random16 = plan(table, options, 7, 0);
            EpochPlan smart = plan(table, options.withGrouping(Grouping.together()), 7, 0);

            assertThat(smart.batches()).isEqualTo(ROWS / 16);
            BitSet seen = new BitSet();
            for (int b = 0; b < smart.batches(); b++) {
                assertThat(smart.size(b)).isEqualTo(16);
                assertThat(Arrays.stream(smart.rows(b))
                                .map(row -> communities[row])
                                .distinct()
                                .count())
                        .as("a batch of 16 is two whole communities of 8")
                        .isEqualTo(2);
                Arrays.stream(smart.rows(b)).forEach(row -> {
                    assertThat(seen.get(row)).isFalse();
                    seen.set(row);
                });
            }
            assertThat(seen.cardinality()).isEqualTo(ROWS);
            // Two communities of one topic each: 7 of 15 pairs and an eighth of the rest.
            assertThat(purity(random16)).isBetween(0.08, 0.17);
            assertThat(purity(smart)).isGreaterThan(0.4);
            assertThat(listed(plan(table, options.withGrouping(Grouping.together()), 7, 0)))
                    .isEqualTo(listed(smart));
            assertThat(listed(plan(table, options.withGrouping(Grouping.together()), 7, 1)))
                    .isNotEqualTo(listed(smart));
        });
    }

    @Test
    void rows_of_a_community_are_nearer_than_any_in_small_files_too() {
        for (int rows : new int[] {60, 120, 300}) {
            float[][] all = Arrays.copyOf(planted(new SplittableRandom(rows), 0.6), rows);
            int[] found = Communities.of(all, all, Communities.Settings.of(8).within(rows), 1);
            Communities.Nearness nearness = Communities.nearness(all, all, found);
            assertThat(nearness.together()).as("of %s rows", rows).isGreaterThan(nearness.random() + 0.05);
        }
    }

    @Test
    void the_ranks_of_the_paper_stay_in_large_files() {
        assertThat(Communities.Settings.of(32).within(5_000)).isEqualTo(Communities.Settings.of(32));
        assertThat(Communities.Settings.of(32).within(200)).isEqualTo(new Communities.Settings(32, 4, 32));
    }

    @Test
    void nearness_is_the_mean_cosine_of_other_rows() {
        float[][] queries = {{1, 0}, {0, 2}, {3, 3}, {-1, 0}};
        float[][] documents = {{5, 0}, {0, 1}, {1, 0}, {0, 0}};
        Communities.Nearness nearness = Communities.nearness(queries, documents, new int[] {0, 1, 0, 1});
        double half = Math.sqrt(0.5);
        // (0,2) and (2,0); (1,3) and (3,1).
        assertThat(nearness.together()).isCloseTo((1 + half + 0 + 0) / 4, within(1e-9));
        // Besides (0,1), (1,0), (0,3), (3,0), (1,2), (2,1), (2,3), (3,2), of which four are 0.
        assertThat(nearness.random()).isCloseTo((1 + half + half - 1 - 1) / 12, within(1e-9));
    }

    @Test
    void communities_have_one_size_and_are_the_same_for_the_same_seed() {
        float[][] rows = planted(new SplittableRandom(1), 0.5);
        int[] found = Communities.of(rows, rows, Communities.Settings.of(30), 3);
        int[] sizes = new int[18];
        Arrays.stream(found).forEach(number -> sizes[number]++);
        assertThat(Arrays.copyOf(sizes, 17)).containsOnly(30);
        assertThat(sizes[17]).isEqualTo(2);
        assertThat(Communities.of(rows, rows, Communities.Settings.of(30), 3)).isEqualTo(found);
        assertThat(Communities.of(rows, rows, Communities.Settings.of(30), 4)).isNotEqualTo(found);
    }

    @Test
    void two_cliques_are_not_mixed_while_one_of_them_has_rows_left() {
        int[][] cliques = IntStream.range(0, 12)
                .mapToObj(i -> IntStream.range(0, 12)
                        .filter(j -> j != i && j % 2 == i % 2)
                        .toArray())
                .toArray(int[][]::new);
        for (long seed = 0; seed < 10; seed++) {
            int[] found = Communities.partition(cliques, 3, seed);
            for (int number = 0; number < 4; number++) {
                int community = number;
                assertThat(IntStream.range(0, 12)
                                .filter(row -> found[row] == community)
                                .map(row -> row % 2)
                                .distinct()
                                .count())
                        .isEqualTo(1);
            }
        }
    }

    @Test
    void an_edge_needs_both_ends_and_the_first_ranks_are_passed_over() {
        assertThat(Communities.mutual(new int[][] {{1, 2}, {0}, {1}})).isDeepEqualTo(new int[][] {{1}, {0}, {}});
        float[][] line = {{1, 0}, {1, 0.1f}, {1, 0.2f}, {1, 0.3f}};
        assertThat(NearestRows.ranked(line, line, 1, 1)).isDeepEqualTo(new int[][] {{2}, {0}, {1}, {1}});
        assertThat(NearestRows.ranked(line, line, 3, 5)).isDeepEqualTo(new int[][] {{}, {}, {}, {}});
    }

    @Test
    void nearest_rows_are_those_of_a_plain_search_however_many_tiles_there_are() {
        Property.check(3, random -> {
            float[][] queries = rows(random, 40, 5);
            float[][] documents = rows(random, 300 + random.nextInt(300), 5);
            int skip = random.nextInt(5);
            int keep = 1 + random.nextInt(20);
            int[][] found = NearestRows.ranked(queries, documents, skip, keep);
            for (int i = 0; i < queries.length; i++) {
                int row = i;
                int[] expected = IntStream.range(0, documents.length)
                        .filter(j -> j != row)
                        .boxed()
                        .sorted(Comparator.comparingDouble(j -> -cosine(queries[row], documents[j])))
                        .skip(skip)
                        .limit(keep)
                        .mapToInt(Integer::intValue)
                        .toArray();
                assertThat(found[i]).isEqualTo(expected);
            }
        });
    }

    private static double cosine(float[] a, float[] b) {
        double product = 0;
        double squaresA = 0;
        double squaresB = 0;
        for (int k = 0; k < a.length; k++) {
            product += (double) a[k] * b[k];
            squaresA += (double) a[k] * a[k];
            squaresB += (double) b[k] * b[k];
        }
        return product / Math.sqrt(squaresA * squaresB);
    }

    @Test
    void a_row_that_repeats_a_text_of_its_community_goes_into_another_batch() {
        int[] communities = IntStream.range(0, 96).map(row -> row / 8).toArray();
        EpochPlan plan =
                plan(new Table(96, communities, 4), EpochOptions.defaults(16).withGrouping(Grouping.together()), 5, 0);
        long placed = 0;
        for (int b = 0; b < plan.batches(); b++) {
            Set<Integer> texts = new HashSet<>();
            for (int row : plan.rows(b)) {
                assertThat(texts.add(row % 4 == 1 ? row - 1 : row)).isTrue();
                placed++;
            }
        }
        assertThat(placed + plan.dropped().total()).isEqualTo(96);
        assertThat(placed).isGreaterThanOrEqualTo(90);
    }

    @Test
    void balanced_batches_hold_the_same_number_of_rows_of_each_of_their_labels() {
        Property.check(20, random -> {
            int[] labels = new int[300];
            Arrays.setAll(labels, i -> random.nextInt(12));
            int each = 2 + random.nextInt(3);
            EpochPlan plan = plan(
                    new Table(300, labels, 0),
                    EpochOptions.defaults(5 * each).withGrouping(Grouping.balanced(each)),
                    random.nextLong(),
                    0);
            assertThat(plan.batches()).isPositive();
            int placed = 0;
            for (int b = 0; b < plan.batches(); b++) {
                int[] counts = new int[12];
                for (int row : plan.rows(b)) {
                    counts[labels[row]]++;
                    placed++;
                }
                assertThat(counts).containsOnly(0, each);
            }
            assertThat(placed + plan.dropped().total()).isEqualTo(300);
        });
    }

    @Test
    void batches_apart_hold_no_two_rows_of_one_cluster() {
        Property.check(20, random -> {
            int[] clusters = new int[400];
            Arrays.setAll(clusters, i -> random.nextInt(40));
            EpochPlan plan = plan(
                    new Table(400, clusters, 0),
                    EpochOptions.defaults(20).withGrouping(Grouping.apart()),
                    random.nextLong(),
                    0);
            int placed = 0;
            for (int b = 0; b < plan.batches(); b++) {
                int[] rows = plan.rows(b);
                assertThat(Arrays.stream(rows)
                                .map(row -> clusters[row])
                                .distinct()
                                .count())
                        .isEqualTo(rows.length);
                placed += rows.length;
            }
            assertThat(placed + plan.dropped().total()).isEqualTo(400);
            assertThat(placed).isGreaterThan(300);
        });
    }

    @Test
    void groups_that_no_batch_could_hold_are_refused() {
        assertThatThrownBy(() -> EpochOptions.defaults(8).withGrouping(Grouping.balanced(5)))
                .hasMessageContaining("two labels");
        assertThatThrownBy(() -> new Communities.Settings(1, 30, 100)).hasMessageContaining("at least 2");
    }
}
