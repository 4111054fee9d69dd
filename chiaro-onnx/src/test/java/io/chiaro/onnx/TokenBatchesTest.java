package io.chiaro.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class TokenBatchesTest {

    @Test
    void texts_go_longest_first_into_batches_within_the_budget() {
        List<int[]> tokens = List.of(new int[3], new int[10], new int[4], new int[10], new int[1]);

        assertThat(TokenBatches.of(tokens, 20)).containsExactly(new int[] {1, 3}, new int[] {2, 0, 4});
    }

    @Test
    void a_text_beyond_the_budget_has_a_batch_of_its_own() {
        List<int[]> tokens = List.of(new int[30], new int[30], new int[2]);

        assertThat(TokenBatches.of(tokens, 20)).containsExactly(new int[] {0}, new int[] {1}, new int[] {2});
    }

    @Test
    void no_text_makes_no_batch() {
        assertThat(TokenBatches.of(List.of(), 20)).isEmpty();
    }
}
