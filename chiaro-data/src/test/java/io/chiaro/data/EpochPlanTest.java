package io.chiaro.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chiaro.core.ChiaroException;
import io.chiaro.testkit.Property;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class EpochPlanTest {

    /** Rows of two texts drawn from a pool, so that small pools make many duplicates. */
    private record Drawn(long[][] hashes, int[] lengths, int[] labels) implements RowTable {

        static Drawn of(SplittableRandom random, int rows, int pool, int labels) {
            long[][] hashes = new long[rows][2];
            int[] lengths = new int[rows];
            int[] classes = new int[rows];
            for (int i = 0; i < rows; i++) {
                hashes[i][0] = random.nextInt(pool);
                hashes[i][1] = random.nextInt(pool);
                lengths[i] = 4 + random.nextInt(200);
                classes[i] = random.nextInt(labels);
            }
            return new Drawn(hashes, lengths, classes);
        }

        @Override
        public int rows() {
            return hashes.length;
        }

        @Override
        public int columns() {
            return 2;
        }

        @Override
        public long contentHash(int row, int column) {
            return hashes[row][column];
        }

        @Override
        public int tokens(int row) {
            return lengths[row];
        }

        @Override
        public int group(int row) {
            return labels[row];
        }
    }

    private static boolean grouped(EpochOptions options) {
        return options.grouping().equals(Grouping.paired());
    }

    private static List<List<Integer>> listed(EpochPlan plan) {
        List<List<Integer>> batches = new ArrayList<>();
        for (int i = 0; i < plan.batches(); i++) {
            List<Integer> batch = new ArrayList<>(List.of(plan.source(i)));
            for (int row : plan.rows(i)) {
                batch.add(row);
            }
            batches.add(batch);
        }
        return batches;
    }

    @Test
    void bound_rows_are_one_of_each_label_in_every_batch_and_all_others_stand_in_one_or_are_counted() {
        Property.check(200, random -> {
            int labels = 1 + random.nextInt(5);
            List<RowTable> tables = new ArrayList<>();
            long rows = 0;
            double[] weights = new double[1 + random.nextInt(2)];
            for (int s = 0; s < weights.length; s++) {
                int n = 60 + random.nextInt(200);
                tables.add(Drawn.of(random, n, 20 + random.nextInt(1000), labels));
                weights[s] = random.nextBoolean() ? 0 : random.nextDouble();
                rows += n;
            }
            EpochOptions options = new EpochOptions(
                    labels + 1 + random.nextInt(20),
                    random.nextBoolean(),
                    Grouping.bound(),
                    random.nextBoolean(),
                    1 + random.nextInt(4));
            long seed = random.nextLong();

            EpochPlan plan = EpochPlan.plan(tables, weights, options, seed, 3);

            long placed = 0;
            for (int s = 0; s < weights.length; s++) {
                Set<Integer> bound = new HashSet<>();
                Map<Integer, Integer> seen = new HashMap<>();
                int batches = 0;
                for (int i = 0; i < plan.batches(); i++) {
                    if (plan.source(i) != s) {
                        continue;
                    }
                    batches++;
                    Set<Integer> texts = new HashSet<>();
                    for (int row : plan.rows(i)) {
                        seen.merge(row, 1, Integer::sum);
                        if (options.distinctTexts()) {
                            // A row may have one text twice.
                            Set<Integer> own = new HashSet<>();
                            own.add((int) tables.get(s).contentHash(row, 0));
                            own.add((int) tables.get(s).contentHash(row, 1));
                            own.forEach(text -> assertThat(texts.add(text)).isTrue());
                        }
                    }
                    assertThat(plan.size(i)).isLessThanOrEqualTo(options.batchSize());
                }
                int all = batches;
                seen.forEach((row, times) -> {
                    if (times > 1) {
                        assertThat(times).isEqualTo(all);
                        bound.add(row);
                    }
                });
                placed += seen.size();
                if (batches > 1) {
                    RowTable table = tables.get(s);
                    assertThat(bound.stream().map(table::group).distinct().count())
                            .isEqualTo(bound.size());
                    // Where texts may repeat, no label is without its row.
                    if (!options.distinctTexts()) {
                        assertThat(bound).hasSize(labels);
                    }
                    // The next epoch binds the same ones.
                    EpochPlan next = EpochPlan.plan(tables, weights, options, seed, 4);
                    for (int i = 0; i < next.batches(); i++) {
                        if (next.source(i) == s) {
                            Set<Integer> of = new HashSet<>();
                            for (int row : next.rows(i)) {
                                of.add(row);
                            }
                            assertThat(of).containsAll(bound);
                        }
                    }
                }
            }
            assertThat(placed + plan.dropped().total()).isEqualTo(rows);
        });
    }

    @Test
    void a_batch_too_small_for_one_of_each_label_is_refused() {
        Drawn rows = new Drawn(new long[][] {{1, 2}, {3, 4}, {5, 6}}, new int[] {1, 1, 1}, new int[] {0, 1, 2});
        EpochOptions options = EpochOptions.defaults(3).withGrouping(Grouping.bound());
        assertThatThrownBy(() -> EpochPlan.plan(List.of(rows), new double[1], options, 1, 0))
                .isInstanceOf(ChiaroException.class)
                .hasMessageContaining("3 labels");
    }

    @Test
    void every_row_stands_in_one_batch_or_is_counted_as_dropped() {
        Property.check(300, random -> {
            int sources = 1 + random.nextInt(3);
            List<RowTable> tables = new ArrayList<>();
            double[] weights = new double[sources];
            long rows = 0;
            for (int s = 0; s < sources; s++) {
                int n = random.nextInt(400);
                tables.add(Drawn.of(random, n, 1 + random.nextInt(1000), 1 + random.nextInt(30)));
                weights[s] = random.nextBoolean() ? 0 : random.nextDouble();
                rows += n;
            }
            EpochOptions options = new EpochOptions(
                    4 + random.nextInt(40),
                    random.nextBoolean(),
                    random.nextBoolean() ? Grouping.paired() : Grouping.none(),
                    random.nextBoolean(),
                    1 + random.nextInt(8));

            EpochPlan plan = EpochPlan.plan(tables, weights, options, random.nextLong(), 3);

            List<BitSet> seen = tables.stream().map(table -> new BitSet()).toList();
            long placed = 0;
            for (int i = 0; i < plan.batches(); i++) {
                int[] batch = plan.rows(i);
                RowTable table = tables.get(plan.source(i));
                assertThat(batch).hasSize(plan.size(i)).hasSizeBetween(1, options.batchSize());
                long tokens = 0;
                for (int row : batch) {
                    assertThat(seen.get(plan.source(i)).get(row)).isFalse();
                    seen.get(plan.source(i)).set(row);
                    tokens += table.tokens(row);
                }
                placed += batch.length;
                assertThat(plan.tokens(i)).isEqualTo(tokens).isLessThanOrEqualTo(plan.tokens(plan.largest()));
                if (options.dropLast()) {
                    assertThat(batch.length).isGreaterThanOrEqualTo(options.batchSize() - (grouped(options) ? 2 : 0));
                }
                if (grouped(options)) {
                    Map<Integer, Integer> byLabel = new HashMap<>();
                    for (int row : batch) {
                        byLabel.merge(table.group(row), 1, Integer::sum);
                    }
                    assertThat(byLabel.values()).allMatch(count -> count >= 2);
                }
                if (options.distinctTexts() && !grouped(options)) {
                    Set<Long> texts = new HashSet<>();
                    for (int row : batch) {
                        // A row may repeat itself, but nothing of another row.
                        Set<Long> own = new HashSet<>(List.of(table.contentHash(row, 0), table.contentHash(row, 1)));
                        assertThat(own).noneMatch(texts::contains);
                        texts.addAll(own);
                    }
                }
            }
            assertThat(placed).isEqualTo(plan.placed());
            assertThat(placed + plan.dropped().total()).isEqualTo(rows);
            if (!grouped(options)) {
                assertThat(plan.dropped().lonelyLabels()).isZero();
            }
            if (!options.distinctTexts()) {
                assertThat(plan.dropped().duplicates()).isZero();
            }
            if (!options.dropLast() && !options.distinctTexts()) {
                assertThat(plan.dropped().last()).isZero();
            }
        });
    }

    @Test
    void the_length_is_exact_without_duplicates() {
        Property.check(100, random -> {
            int n = random.nextInt(2000);
            int batch = 2 + random.nextInt(60);
            Drawn table = Drawn.of(random, n, 1, 1);
            for (int i = 0; i < n; i++) {
                table.hashes()[i][0] = 2L * i;
                table.hashes()[i][1] = 2L * i + 1;
            }
            EpochOptions options = EpochOptions.defaults(batch);

            EpochPlan kept = EpochPlan.plan(List.of(table), new double[1], options, 1, 0);
            EpochPlan cut = EpochPlan.plan(List.of(table), new double[1], options.withDropLast(true), 1, 0);

            assertThat(cut.batches()).isEqualTo(n / batch);
            // One row alone has no negative, so it makes no batch.
            assertThat(kept.batches()).isEqualTo(n / batch + (n % batch >= 2 ? 1 : 0));
            assertThat(cut.dropped()).isEqualTo(new EpochPlan.Dropped(0, 0, n % batch, 0));
        });
    }

    @Test
    void the_same_seed_and_epoch_give_the_same_plan_and_others_another() {
        Drawn table = Drawn.of(new SplittableRandom(1), 1000, 3000, 5);
        EpochOptions options = EpochOptions.defaults(32);

        List<List<Integer>> plan = listed(EpochPlan.plan(List.of(table), new double[1], options, 7, 1));

        assertThat(listed(EpochPlan.plan(List.of(table), new double[1], options, 7, 1)))
                .isEqualTo(plan);
        assertThat(listed(EpochPlan.plan(List.of(table), new double[1], options, 7, 2)))
                .isNotEqualTo(plan);
        assertThat(listed(EpochPlan.plan(List.of(table), new double[1], options, 8, 1)))
                .isNotEqualTo(plan);
    }

    @Test
    void a_text_that_occurs_often_is_spread_over_the_batches() {
        // Every tenth row has the same anchor: 100 rows, one for each of at most 32 batches.
        Drawn table = Drawn.of(new SplittableRandom(1), 1000, 1, 1);
        for (int i = 0; i < 1000; i++) {
            table.hashes()[i][0] = i % 10 == 0 ? -1 : 2L * i;
            table.hashes()[i][1] = 2L * i + 1;
        }
        EpochPlan plan = EpochPlan.plan(List.of(table), new double[1], EpochOptions.defaults(32), 1, 0);

        // 899 distinct rows and one of the hundred each fill 29 batches; the last holds what is left of either kind.
        assertThat(plan.batches()).isEqualTo(30);
        assertThat(plan.placed()).isEqualTo(930);
        assertThat(plan.dropped()).isEqualTo(new EpochPlan.Dropped(70, 0, 0, 0));
    }

    @Test
    void many_duplicates_cost_linear_work() {
        // Half of the rows share one anchor, and each batch can hold one of them: trying all that wait at every batch
        // would
        // take hundreds of millions of looks.
        int rows = 300_000;
        Drawn table = Drawn.of(new SplittableRandom(1), rows, rows, 1);
        for (int i = 0; i < rows; i++) {
            table.hashes()[i][0] = i % 2 == 0 ? -1 : 2L * i;
            table.hashes()[i][1] = 2L * i + 1;
        }
        AtomicLong looks = new AtomicLong();
        RowTable counted = new RowTable() {
            @Override
            public int rows() {
                return table.rows();
            }

            @Override
            public int columns() {
                return 2;
            }

            @Override
            public long contentHash(int row, int column) {
                looks.incrementAndGet();
                return table.contentHash(row, column);
            }

            @Override
            public int tokens(int row) {
                return table.tokens(row);
            }

            @Override
            public int group(int row) {
                return 0;
            }
        };
        EpochPlan plan = EpochPlan.plan(List.of(counted), new double[1], EpochOptions.defaults(64), 1, 0);

        assertThat(plan.batches()).isEqualTo(150_000 / 63 + 1);
        assertThat(looks.get()).isLessThan(5L * rows);
    }

    @Test
    void weights_set_the_proportion_of_batches() {
        SplittableRandom random = new SplittableRandom(1);
        List<RowTable> tables = List.of(
                Drawn.of(random, 3200, 1 << 30, 1),
                Drawn.of(random, 640, 1 << 30, 1),
                Drawn.of(random, 320, 1 << 30, 1));
        EpochPlan plan = EpochPlan.plan(tables, new double[] {3, 1, 0}, EpochOptions.defaults(32), 1, 0);

        int[] counts = new int[3];
        for (int i = 0; i < plan.batches(); i++) {
            counts[plan.source(i)]++;
        }
        assertThat(counts).containsExactly(60, 20, 10);
        assertThat(plan.dropped().weights()).isEqualTo(40 * 32);
    }

    @Test
    void windows_of_like_length_pad_less_than_random_batches() {
        Drawn table = Drawn.of(new SplittableRandom(1), 20_000, 1 << 30, 1);
        EpochOptions options = EpochOptions.defaults(64);

        double ordered = paddedShare(EpochPlan.plan(List.of(table), new double[1], options, 1, 0), table);
        double random = paddedShare(EpochPlan.plan(List.of(table), new double[1], options.withWindow(1), 1, 0), table);

        assertThat(random).isGreaterThan(0.4);
        assertThat(ordered).isLessThan(0.05);
    }

    private static double paddedShare(EpochPlan plan, RowTable table) {
        double padded = 0;
        double all = 0;
        for (int i = 0; i < plan.batches(); i++) {
            int longest = 0;
            for (int row : plan.rows(i)) {
                longest = Math.max(longest, table.tokens(row));
            }
            padded += (double) longest * plan.size(i) - plan.tokens(i);
            all += (double) longest * plan.size(i);
        }
        return padded / all;
    }
}
