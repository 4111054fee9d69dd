package io.chiaro.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.chiaro.core.RandomStream;
import io.chiaro.testkit.Property;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReductionTest {

    @Test
    void what_stays_is_unlike_all_that_stays_and_what_goes_is_like_an_earlier_one_that_stays() {
        Property.check(40, random -> {
            double[] places = random.doubles(5 + random.nextInt(40)).toArray();
            double near = 0.3 * random.nextDouble();
            Reduction.Likeness likeness = (a, b) -> -Math.abs(places[a] - places[b]);
            Reduction reduction = Reduction.ofAlike(places.length, 0, likeness, -near);
            for (int a : reduction.kept()) {
                for (int b : reduction.kept()) {
                    assertThat(a == b || Math.abs(places[a] - places[b]) > near).isTrue();
                }
            }
            List<Integer> all = new ArrayList<>();
            Arrays.stream(reduction.kept()).forEach(all::add);
            for (Reduction.Drop drop : reduction.drops()) {
                all.add(drop.item());
                assertThat(drop.like()).isLessThan(drop.item());
                assertThat(reduction.kept()).contains(drop.like());
                assertThat(-drop.measure())
                        .isLessThanOrEqualTo(near)
                        .isEqualTo(Math.abs(places[drop.item()] - places[drop.like()]));
            }
            assertThat(all).hasSize(places.length).doesNotHaveDuplicates();
        });
    }

    @Test
    void a_window_looks_at_the_items_kept_last() {
        int[] shown = {0, 1, 2, 0, 2, 1};
        Reduction.Likeness equal = (a, b) -> shown[a] == shown[b] ? 1 : 0;
        assertThat(Reduction.ofAlike(6, 0, equal, 1).kept()).containsExactly(0, 1, 2);
        // The 0 in fourth place was kept three items ago; the 2 behind it is still in sight, and the 1 is not.
        assertThat(Reduction.ofAlike(6, 2, equal, 1).kept()).containsExactly(0, 1, 2, 3, 5);
    }

    /** Sentences of a small vocabulary, of which many repeat an earlier one with a few letters or words changed. */
    private static List<String> sentences(RandomStream random, int count) {
        List<String> words = List.of(
                "a man",
                "two dogs",
                "the girl",
                "runs",
                "jumps over",
                "sits on",
                "a wooden",
                "bench",
                "the beach",
                "in a",
                "red shirt",
                "blue jacket",
                "while",
                "children",
                "play with",
                "water",
                "near",
                "mountain bike",
                "snow",
                "grass");
        List<String> sentences = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            StringBuilder sentence = new StringBuilder();
            if (i > 0 && random.nextInt(3) == 0) {
                sentence.append(sentences.get(random.nextInt(i)));
                for (int changes = random.nextInt(5); changes > 0; changes--) {
                    sentence.setCharAt(random.nextInt(sentence.length()), (char) ('a' + random.nextInt(26)));
                }
            } else {
                for (int k = 5 + random.nextInt(10); k > 0; k--) {
                    sentence.append(words.get(random.nextInt(words.size()))).append(' ');
                }
            }
            sentences.add(sentence.toString());
        }
        return sentences;
    }

    @Test
    void bands_find_what_a_look_at_all_finds() {
        MinHash first = MinHash.of(sentences(RandomStream.of(3, "sentences"), 2_500));
        MinHash second = MinHash.of(sentences(RandomStream.of(4, "sentences"), 2_500));
        MinHash same = MinHash.of(Collections.nCopies(2_500, "the same text in each"));
        for (List<MinHash> columns : List.of(List.of(first), List.of(same, first), List.of(first, second))) {
            Reduction.Likeness likeness = (a, b) -> columns.stream()
                    .mapToDouble(column -> column.shared(a, b))
                    .min()
                    .orElseThrow();
            for (double threshold : new double[] {0, 0.2, 0.5, 0.6, 0.8, 0.95, 1, 1.5}) {
                for (int window : new int[] {0, 40}) {
                    Reduction plain = Reduction.ofAlike(2_500, window, likeness, threshold);
                    Reduction banded = Reduction.ofSharedWording(columns, window, threshold, () -> {});
                    assertThat(banded.kept()).isEqualTo(plain.kept());
                    assertThat(banded.drops()).isEqualTo(plain.drops());
                }
            }
        }
    }

    @Test
    void few_texts_are_suspected() {
        List<String> sentences = sentences(RandomStream.of(5, "sentences"), 2_500);
        MinHashBands bands = MinHashBands.of(MinHash.of(sentences), (int) Math.ceil(0.8 * 128));
        long[] suspects = new long[1];
        for (int text = 0; text < sentences.size(); text++) {
            bands.suspects(text, earlier -> suspects[0]++);
            bands.keep(text);
        }
        assertThat(suspects[0]).isBetween(100L, 2_500L * 2_499 / 2 / 20);
    }

    @Test
    void the_cosine_of_rows_is_theirs_and_zero_for_a_row_of_zeros() {
        Reduction.Likeness cosine = Reduction.cosine(new float[][] {{3, 4}, {6, 8}, {4, -3}, {0, 0}, {1, 0}});
        assertThat(cosine.of(1, 0)).isCloseTo(1, within(1e-6));
        assertThat(cosine.of(2, 0)).isCloseTo(0, within(1e-6));
        assertThat(cosine.of(3, 0)).isZero();
        assertThat(cosine.of(4, 0)).isCloseTo(0.6, within(1e-6));
    }

    @Test
    void texts_that_differ_in_case_and_white_space_are_one_and_all_of_a_record_must_agree() {
        Reduction reduction = Reduction.ofEqualTexts(List.of(
                List.of("A cat", "sleeps"),
                List.of("a  CAT ", "Sleeps"),
                List.of("a cat", "runs"),
                List.of("\uFF21 cat", "sleeps")));
        assertThat(reduction.kept()).containsExactly(0, 2);
        assertThat(reduction.drops()).containsExactly(new Reduction.Drop(1, 0, 1), new Reduction.Drop(3, 0, 1));
    }

    @Test
    void numbers_below_the_least_go_for_themselves() {
        Reduction reduction = Reduction.below(new double[] {2, 0.5, 1}, 1);
        assertThat(reduction.kept()).containsExactly(0, 2);
        assertThat(reduction.drops()).containsExactly(new Reduction.Drop(1, -1, 0.5));
    }
}
