package io.chiaro.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.chiaro.core.ChiaroException;
import java.util.List;
import org.junit.jupiter.api.Test;

class ShortenedEmbedderTest {

    /** One vector for every text. */
    private static final class Constant implements Embedder {

        private boolean closed;

        @Override
        public float[][] embed(List<String> texts, TextRole role) {
            return texts.stream().map(text -> new float[] {0.48f, 0.64f, 0.6f}).toArray(float[][]::new);
        }

        @Override
        public ModelDescription description() {
            return new ModelDescription("constant", "abc", 3, 10, List.of(Pooling.MEAN), true, new Prompts("", "", ""));
        }

        @Override
        public void close() {
            closed = true;
        }
    }

    private static final SparseCode CODE =
            new SparseCode(new float[] {1, 0, 0, 0, 1, 0, 0, 0, 1, 1, 1, 1}, new float[4], new float[3], 2);

    @Test
    void the_first_numbers_have_length_one_again() {
        try (Embedder first = ShortenedEmbedder.first(new Constant(), 2)) {
            float[][] vectors = first.embed(List.of("a", "b"), TextRole.TEXT);
            assertThat(vectors).hasNumberOfRows(2);
            assertThat(vectors[1]).containsExactly(new float[] {0.6f, 0.8f}, within(1e-6f));
            assertThat(first.description().dimension()).isEqualTo(2);
        }
    }

    @Test
    void an_active_number_is_one_of_the_largest_latents() {
        try (Embedder active = ShortenedEmbedder.active(new Constant(), CODE, 2)) {
            assertThat(active.embed(List.of("a"), TextRole.TEXT)[0])
                    .containsExactly(new float[] {0, 0.64f, 0, 1.72f}, within(1e-6f));
            assertThat(active.description().dimension()).isEqualTo(4);
        }
    }

    @Test
    void another_size_is_another_model_for_an_index_and_closes_with_the_one_behind_it() {
        Constant constant = new Constant();
        Embedder one = ShortenedEmbedder.first(constant, 1);
        Embedder two = ShortenedEmbedder.first(constant, 2);
        Embedder coded = ShortenedEmbedder.active(constant, CODE, 2);
        assertThat(List.of(
                        constant.description().hash(),
                        one.description().hash(),
                        two.description().hash(),
                        coded.description().hash()))
                .doesNotHaveDuplicates();
        assertThat(coded.description().name()).isEqualTo("constant, active 2 of 4");
        one.close();
        assertThat(constant.closed).isTrue();
    }

    @Test
    void a_size_that_a_model_does_not_have_is_an_error_with_those_that_it_has() {
        assertThatThrownBy(() -> ShortenedEmbedder.first(new Constant(), 4))
                .isInstanceOf(ChiaroException.class)
                .hasMessageContaining("--first: expected from 1 to 3 numbers");
        assertThatThrownBy(() -> ShortenedEmbedder.active(new Constant(), CODE, 0))
                .isInstanceOf(ChiaroException.class)
                .hasMessageContaining("--active: expected from 1 to 4 numbers");
        SparseCode other = new SparseCode(new float[2], new float[1], new float[2], 1);
        assertThatThrownBy(() -> ShortenedEmbedder.active(new Constant(), other, 1))
                .isInstanceOf(ChiaroException.class)
                .hasMessageContaining("one of 2");
    }
}
