package io.chiaro.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chiaro.objective.ViewRole;
import io.chiaro.testkit.Property;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TaskBatchesTest {

    /** Batches that say their number, from {@code first} on; the largest has {@code most} tokens. */
    private record Numbered(long first, long most) implements BatchSource<Long> {

        @Override
        public Batch<Long> batch(long step) {
            return of(first + step, 1);
        }

        @Override
        public String unit() {
            return "tokens";
        }

        @Override
        public Batch<Long> largest() {
            return of(-1, most);
        }

        private static Batch<Long> of(long number, long tokens) {
            return new Batch<>(
                    1,
                    List.of(new Batch.Column(ViewRole.ANCHOR, new long[1])),
                    List.of(new Batch.Chunk<>(number, new int[1])),
                    new double[0],
                    new double[0][],
                    new int[0],
                    new long[0],
                    tokens,
                    0,
                    0);
        }
    }

    private static TaskBatches<Long> tasks(double... shares) {
        List<TaskBatches.Task<Long>> tasks = new ArrayList<>();
        for (int t = 0; t < shares.length; t++) {
            tasks.add(new TaskBatches.Task<>(new Numbered(1000L * t, 10 + t % 2), shares[t]));
        }
        return new TaskBatches<>(tasks);
    }

    private static String told(Batch<Long> batch) {
        return batch.task() + ":" + batch.chunks().get(0).input();
    }

    @Test
    void tasks_of_equal_shares_take_turns_and_each_goes_through_its_own_batches() {
        TaskBatches<Long> batches = tasks(1, 1);
        List<String> turns = new ArrayList<>();
        for (int step = 0; step < 6; step++) {
            turns.add(told(batches.batch(step)));
        }
        assertThat(turns).containsExactly("0:0", "1:1000", "0:1", "1:1001", "0:2", "1:1002");
    }

    @Test
    void at_any_time_a_task_has_had_its_share_to_less_than_a_batch() {
        Property.check(30, random -> {
            double[] shares = new double[2 + random.nextInt(2)];
            double all = 0;
            for (int t = 0; t < shares.length; t++) {
                shares[t] = 0.1 + random.nextDouble();
                all += shares[t];
            }
            TaskBatches<Long> batches = tasks(shares);
            int[] had = new int[shares.length];
            for (int step = 0; step < 200; step++) {
                had[batches.batch(step).task()]++;
                for (int t = 0; t < shares.length; t++) {
                    assertThat(had[t]).isGreaterThan((int) Math.floor(shares[t] / all * (step + 1)) - 1);
                }
            }
        });
    }

    @Test
    void a_batch_is_the_same_whenever_it_is_asked_for() {
        TaskBatches<Long> straight = tasks(1, 2.5, 0.7);
        List<String> turns = new ArrayList<>();
        List<Integer> order = new ArrayList<>();
        for (int step = 0; step < 40; step++) {
            turns.add(told(straight.batch(step)));
            order.add(step);
        }
        Property.check(5, random -> {
            Collections.shuffle(order, new Random(random.nextLong()));
            TaskBatches<Long> asked = tasks(1, 2.5, 0.7);
            for (int step : order) {
                assertThat(told(asked.batch(step))).isEqualTo(turns.get(step));
                assertThat(told(asked.batch(step))).isEqualTo(turns.get(step));
            }
        });
    }

    @Test
    void the_largest_batch_is_that_of_the_task_that_has_it() {
        Batch<Long> largest = tasks(1, 1, 1).largest();
        assertThat(largest.tokens()).isEqualTo(11);
        assertThat(largest.task()).isEqualTo(1);
    }

    @Test
    void a_share_is_above_zero() {
        assertThatThrownBy(() -> tasks(1, 0)).hasMessageContaining("share above 0");
    }
}
