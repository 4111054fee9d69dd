package io.chiaro.serve.batch;

import static org.assertj.core.api.Assertions.assertThat;

import io.chiaro.testkit.Property;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class BatchPackingTest {

    private record Text(int number, int length) {}

    @Test
    void the_oldest_is_always_chosen_nothing_twice_and_the_padded_batch_keeps_to_its_budget() {
        Property.check(500, random -> {
            List<Text> waiting = new ArrayList<>();
            for (int i = 1 + random.nextInt(40); i > 0; i--) {
                waiting.add(new Text(i, 1 + random.nextInt(30)));
            }
            int budget = 1 + random.nextInt(200);

            List<Text> batch = BatchPacking.choose(waiting, Text::length, budget);

            assertThat(batch.get(0)).isEqualTo(waiting.get(0));
            assertThat(waiting).containsAll(batch);
            assertThat(batch).doesNotHaveDuplicates();
            int longest = batch.stream().mapToInt(Text::length).max().orElseThrow();
            assertThat(batch.size() == 1 || longest * batch.size() <= budget).isTrue();
            // Nothing as short as the batch is left behind while there is room for it.
            List<Text> left = new ArrayList<>(waiting);
            left.removeAll(batch);
            if (longest * (batch.size() + 1) <= budget) {
                assertThat(left).allMatch(text -> text.length() > longest);
            }
        });
    }

    @Test
    void lengths_nearest_to_that_of_the_oldest_are_taken() {
        List<Integer> lengths = List.of(10, 30, 9, 11, 2, 10, 12);

        assertThat(BatchPacking.choose(lengths, Integer::intValue, 44)).containsExactly(10, 10, 9, 11);
        assertThat(BatchPacking.choose(lengths, Integer::intValue, 5)).containsExactly(10);
    }
}
