package io.chiaro.example.papers.learn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chiaro.core.ChiaroException;
import io.chiaro.example.papers.feed.Feed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TitlePairsTest {

    @TempDir
    Path folder;

    @Test
    void a_pair_without_one_side_or_with_a_side_that_another_has_is_left_out() throws IOException {
        Path file = Files.writeString(folder.resolve("corpus.jsonl"), """
                {"_id": "1", "title": "One", "text": "First text."}
                {"_id": "2", "title": "", "text": "No title."}
                {"_id": "3", "title": "No text", "text": " "}
                {"_id": "4", "title": "Four", "text": "first text."}
                {"_id": "5", "title": "ONE", "text": "Another text."}
                {"_id": "6", "title": "Six", "text": "Sixth text."}
                """);
        TitlePairs pairs = TitlePairs.from(file);
        assertThat(pairs.pairs()).extracting(TitlePair::id).containsExactly("1", "6");
        assertThat(pairs.left()).isEqualTo(4);
    }

    @Test
    void held_out_pairs_are_drawn_by_the_seed_and_learned_from_never() {
        TitlePairs pairs =
                TitlePairs.from(Feed.read(Path.of("feeds/monday.jsonl")).listings());
        TitlePairs.Split split = pairs.split(10, 1);
        assertThat(split.heldOut()).hasSize(10).isEqualTo(pairs.split(10, 1).heldOut());
        assertThat(pairs.split(10, 2).heldOut()).isNotEqualTo(split.heldOut());
        List<TitlePair> all = new ArrayList<>(split.training());
        all.addAll(split.heldOut());
        assertThat(all).containsExactlyInAnyOrderElementsOf(pairs.pairs());
        for (int impossible : List.of(0, 42)) {
            assertThatThrownBy(() -> pairs.split(impossible, 1))
                    .isInstanceOf(ChiaroException.class)
                    .hasMessageContaining("from 1 to 41");
        }
    }
}
