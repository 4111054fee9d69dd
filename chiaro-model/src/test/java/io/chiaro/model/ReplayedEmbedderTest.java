package io.chiaro.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReplayedEmbedderTest {

    private static final List<List<String>> CALLS =
            List.of(List.of("a lark", "a valve"), List.of("a cat"), List.of("", "\ud83d\udc26 sings"));

    @TempDir
    private Path folder;

    /** Lengths as vectors, and the calls that it got. */
    private static final class Counting implements Embedder {
        private final List<String> asked = new ArrayList<>();
        private final String hash;

        Counting(String hash) {
            this.hash = hash;
        }

        @Override
        public float[][] embed(List<String> texts, TextRole role) {
            asked.addAll(texts);
            return texts.stream()
                    .map(text -> new float[] {text.length(), role.ordinal(), 0.1f})
                    .toArray(float[][]::new);
        }

        @Override
        public ModelDescription description() {
            return new ModelDescription("counting", hash, 3, 512, List.of(Pooling.MEAN), false, Prompts.NONE);
        }

        @Override
        public void close() {}
    }

    private Path file() {
        return folder.resolve("answers");
    }

    /** Asks all calls and returns the texts that had to be computed. */
    private List<String> computed(String hash, List<List<String>> calls) {
        Counting counting = new Counting(hash);
        try (ReplayedEmbedder embedder = ReplayedEmbedder.open(counting, file(), "made by " + counting.hash)) {
            for (List<String> texts : calls) {
                float[][] vectors = embedder.embed(texts, TextRole.DOCUMENT);
                for (int i = 0; i < vectors.length; i++) {
                    assertThat(vectors[i]).containsExactly(texts.get(i).length(), TextRole.DOCUMENT.ordinal(), 0.1f);
                }
            }
        }
        return counting.asked;
    }

    @Test
    void questions_that_come_again_are_answered_from_the_file() {
        assertThat(computed("one", CALLS)).containsExactly("a lark", "a valve", "a cat", "", "\ud83d\udc26 sings");
        assertThat(computed("one", CALLS)).isEmpty();
        assertThat(computed("one", CALLS.subList(0, 1))).isEmpty();
        assertThat(computed("one", CALLS)).as("asking for less forgets nothing").isEmpty();
    }

    @Test
    void what_was_cut_off_anywhere_or_changed_is_computed_again_and_what_stands_before_it_is_not() throws IOException {
        computed("one", CALLS);
        byte[] whole = Files.readAllBytes(file());
        for (int length = 0; length < whole.length; length += 7) {
            Files.write(file(), Arrays.copyOf(whole, length));
            int again = computed("one", CALLS).size();
            assertThat(again).as("cut at " + length).isBetween(2, 5);
            assertThat(file()).hasBinaryContent(whole);
        }
        for (int at = 0; at < whole.length; at += 11) {
            byte[] changed = whole.clone();
            changed[at] ^= 0x40;
            Files.write(file(), changed);
            assertThat(computed("one", CALLS)).as("changed at " + at).hasSizeBetween(2, 5);
            assertThat(file()).hasBinaryContent(whole);
        }
    }

    @Test
    void another_question_ends_the_replay_and_what_was_made_otherwise_begins_anew() {
        computed("one", CALLS);
        assertThat(computed("one", List.of(CALLS.get(0), List.of("a dog"), CALLS.get(2))))
                .containsExactly("a dog", "", "\ud83d\udc26 sings");
        assertThat(computed("two", CALLS.subList(0, 2))).containsExactly("a lark", "a valve", "a cat");
        assertThat(computed("one", CALLS.subList(0, 1))).containsExactly("a lark", "a valve");
    }

    @Test
    void the_role_of_a_text_is_part_of_the_question() {
        computed("one", CALLS);
        Counting counting = new Counting("one");
        try (ReplayedEmbedder embedder = ReplayedEmbedder.open(counting, file(), "made by " + counting.hash)) {
            embedder.embed(CALLS.get(0), TextRole.QUERY);
            assertThat(embedder.replayed()).isZero();
        }
        assertThat(counting.asked).hasSize(2);
    }
}
