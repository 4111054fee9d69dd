package io.chiaro.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class DenseRankerTest {

    /** Points at a length that its texts have, and counts how often it was closed. */
    private static final class Lengths implements Embedder {

        private int closed;

        @Override
        public float[][] embed(List<String> texts, TextRole role) {
            return texts.stream()
                    .map(text -> {
                        if (text.isEmpty()) {
                            throw new IllegalStateException("nothing to embed");
                        }
                        return new float[] {1, text.strip().length()};
                    })
                    .toArray(float[][]::new);
        }

        @Override
        public ModelDescription description() {
            return new ModelDescription("lengths", "abc", 2, 10, List.of(Pooling.MEAN), true, new Prompts("", "", ""));
        }

        @Override
        public void close() {
            closed++;
        }
    }

    @Test
    void a_ranker_that_owns_its_embedder_finds_the_same_and_closes_it() {
        Lengths own = new Lengths();
        Lengths lent = new Lengths();
        List<Document> documents = List.of(new Document("a", "", "x"), new Document("b", "", "xxxx"));
        try (DenseRanker owning = DenseRanker.owning(own, documents.stream(), 1);
                DenseRanker lending = DenseRanker.create(lent, documents.stream(), 1)) {
            assertThat(owning.rank("yyyy", 2)).isEqualTo(lending.rank("yyyy", 2));
            assertThat(owning.rank("yyyy", 1).get(0).id()).isEqualTo("b");
            assertThat(own.closed).isZero();
        }
        assertThat(own.closed).isEqualTo(1);
        assertThat(lent.closed).isZero();
    }

    @Test
    void an_embedder_that_is_owned_is_closed_when_the_collection_cannot_be_embedded() {
        Lengths own = new Lengths();
        assertThatThrownBy(() -> DenseRanker.owning(own, Stream.of(new Document("a", "", "")), 1))
                .isInstanceOf(IllegalStateException.class);
        assertThat(own.closed).isEqualTo(1);
    }
}
