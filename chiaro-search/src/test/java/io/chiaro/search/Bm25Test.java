package io.chiaro.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.chiaro.core.ChiaroException;
import io.chiaro.model.Document;
import io.chiaro.model.Hit;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class Bm25Test {

    @TempDir
    Path folder;

    private static final List<Document> DOCUMENTS = List.of(
            new Document("a", "Cats", "cats are sleeping in the sun"),
            new Document("b", "", "dogs bark"),
            new Document("c", "", "the dog's cat barked loudly at night"));

    @Test
    void scores_follow_the_formula_after_stop_words_and_stems() {
        try (Bm25 bm25 = Bm25.create(DOCUMENTS.stream())) {
            // a: cat cat sleep sun; b: dog bark; c: dog cat bark loudli night
            List<Hit> hits = bm25.rank("The CAT", 10);
            assertThat(hits).extracting(Hit::id).containsExactly("a", "c");
            double rarity = Math.log(1 + (3 - 2 + 0.5) / (2 + 0.5));
            double mean = 11.0 / 3;
            double first = rarity * 2 / (2 + 0.9 * (1 - 0.4 + 0.4 * 4 / mean));
            double second = rarity * 1 / (1 + 0.9 * (1 - 0.4 + 0.4 * 5 / mean));
            assertThat((double) hits.get(0).score()).isCloseTo(first, within(1e-6));
            assertThat((double) hits.get(1).score()).isCloseTo(second, within(1e-6));
        }
    }

    @Test
    void a_word_that_comes_twice_in_the_query_counts_twice() {
        try (Bm25 bm25 = Bm25.create(DOCUMENTS.stream())) {
            float once = bm25.rank("sun", 10).get(0).score();
            assertThat(bm25.rank("sun suns", 10).get(0).score()).isCloseTo(2 * once, within(1e-6f));
        }
    }

    @Test
    void a_query_of_stop_words_or_of_nothing_finds_nothing() {
        try (Bm25 bm25 = Bm25.create(DOCUMENTS.stream())) {
            assertThat(bm25.rank("the and of", 10)).isEmpty();
            assertThat(bm25.rank("", 10)).isEmpty();
        }
    }

    @Test
    void ties_come_in_the_order_of_trec_eval_also_at_the_cut() {
        List<Document> equal = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            equal.add(new Document("d" + i, "", "same words"));
        }
        equal.add(new Document("x", "", "same words and other words and words"));
        try (Bm25 bm25 = Bm25.create(equal.stream())) {
            assertThat(bm25.rank("same", 3)).extracting(Hit::id).containsExactly("d99", "d98", "d97");
            assertThat(bm25.rank("same", 1000)).hasSize(501);
        }
    }

    @Test
    void a_whole_document_may_be_the_query() {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < 5000; i++) {
            text.append(" word").append(i);
        }
        try (Bm25 bm25 = Bm25.create(Stream.of(new Document("long", "", text.toString())))) {
            assertThat(bm25.rank(text.toString(), 10)).hasSize(1);
        }
    }

    @Test
    void an_index_on_disk_ranks_as_one_in_memory() {
        try (Bm25 memory = Bm25.create(DOCUMENTS.stream());
                Bm25 disk = Bm25.create(folder.resolve("bm25"), DOCUMENTS.stream())) {
            assertThat(disk.rank("a barking dog", 10)).isEqualTo(memory.rank("a barking dog", 10));
            assertThat(disk.description()).contains("k1 0.9", "b 0.4", "Porter");
        }
    }

    @Test
    void an_id_that_comes_twice_is_refused() {
        Stream<Document> twice = Stream.of(new Document("a", "", "x"), new Document("a", "", "y"));
        assertThatThrownBy(() -> Bm25.create(twice))
                .isInstanceOf(ChiaroException.class)
                .hasMessageContaining("document 2")
                .hasMessageContaining("\"a\" again");
        IdSet ids = new IdSet();
        for (int i = 0; i < 100_000; i++) {
            ids.addNew("id" + i);
        }
        assertThatThrownBy(() -> ids.addNew("id4711")).hasMessageContaining("id4711");
        assertThatThrownBy(() -> ids.addNew("")).hasMessageContaining("expected an id");
    }
}
