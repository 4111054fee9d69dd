package io.chiaro.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chiaro.core.ChiaroException;
import io.chiaro.objective.recipe.Recipes;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class MemorySettingsTest {

    private static int queue(String written) {
        return MemorySettings.parse(Map.of("queue", written), 64, List.of(), 0).queue();
    }

    @Test
    void a_queue_is_told_in_rows_or_in_batches() {
        assertThat(queue("100")).isEqualTo(100);
        assertThat(queue("2.5x")).isEqualTo(160);
        assertThat(queue("3x")).isEqualTo(192);
        assertThat(MemorySettings.parse(Map.of(), 64, List.of("a", "b", "c"), 9))
                .isEqualTo(new Memories.Sizes(3, 4096, 256, 256, 9, 2048, List.of("a", "b", "c")));
    }

    @Test
    void a_size_that_is_none_is_an_error_with_the_setting() {
        for (String wrong : List.of("0", "-1", "2.5", "x", "2,5x", "0x", "0.001x", "999999x", "9999999")) {
            assertThatThrownBy(() -> queue(wrong))
                    .as(wrong)
                    .isInstanceOf(ChiaroException.class)
                    .hasMessageStartingWith("set queue: expected");
        }
        assertThatThrownBy(() -> MemorySettings.parse(Map.of("latents", "2x"), 64, List.of(), 0))
                .hasMessageStartingWith("set latents: expected a whole number");
    }

    @Test
    void a_memory_that_nobody_reads_is_refused() {
        assertThatThrownBy(() -> MemorySettings.refuseUnread(
                        Map.of("queue", "8"),
                        "nt-xent",
                        Recipes.named("nt-xent").create().needs()))
                .isInstanceOf(ChiaroException.class)
                .hasMessageContaining("recipe nt-xent: reads no queue");
        assertThatCode(() -> MemorySettings.refuseUnread(
                        Map.of("latents", "8"),
                        "csr",
                        Recipes.named("csr").create().needs()))
                .doesNotThrowAnyException();
    }
}
