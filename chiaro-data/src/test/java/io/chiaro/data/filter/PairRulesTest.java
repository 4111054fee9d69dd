package io.chiaro.data.filter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.chiaro.testkit.Property;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PairRulesTest {

    private static final String FINE = "a dog runs over the grass";

    /** Whether a rule drops a pair with this text on each side in turn, which must agree. */
    private static boolean drops(PairRule<TextPair> rule, String text) {
        boolean asAnchor = rule.drops(TextPair.of(text, FINE));
        assertThat(rule.drops(TextPair.of(FINE, text))).isEqualTo(asAnchor);
        return asAnchor;
    }

    @Test
    void words_are_runs_of_letters_and_digits_and_single_characters_where_no_blanks_are_set() {
        assertThat(PairText.of("Don't stop: the 2nd Na\u00EFve-Bayes!").words())
                .containsExactly("don't", "stop", "the", "2nd", "na\u00EFve", "bayes");
        assertThat(PairText.of("\u72AC\u304C \u8D70\u308B runs\u72AC").words())
                .containsExactly("\u72AC", "\u304C", "\u8D70", "\u308B", "runs", "\u72AC");
        assertThat(PairText.of(" ... -- ").words()).isEmpty();
    }

    @Test
    void an_empty_text_is_one_without_a_visible_character() {
        assertThat(drops(new EmptyText(), "")).isTrue();
        assertThat(drops(new EmptyText(), " \t\n")).isTrue();
        assertThat(drops(new EmptyText(), ".")).isFalse();
    }

    @Test
    void bounds_on_words_hold_on_both_sides_and_include_their_ends() {
        assertThat(drops(new TooFewWords(3), "a dog")).isTrue();
        assertThat(drops(new TooFewWords(3), "a brown dog")).isFalse();
        assertThat(drops(new TooManyWords(6), FINE)).isFalse();
        assertThat(drops(new TooManyWords(6), FINE + " again")).isTrue();
        assertThat(drops(new FewDistinctWords(3), "Dog dog cat CAT")).isTrue();
        assertThat(drops(new FewDistinctWords(3), "Dog dog cat cow")).isFalse();
    }

    @Test
    void letters_are_counted_among_all_that_is_no_white_space() {
        assertThat(drops(new FewLetters(0.25), "1920 x 1080")).isTrue();
        assertThat(drops(new FewLetters(0.25), "a 123")).isFalse();
        assertThat(drops(new FewLetters(0.25), "a 1234")).isTrue();
        // A letter of Devanagari and the sign of its vowel are both of a word.
        assertThat(drops(new FewLetters(1), "\u0915\u093F")).isFalse();
        assertThat(drops(new FewLetters(1), "")).isFalse();
    }

    @Test
    void a_word_that_takes_more_than_its_share_is_a_repetition_in_a_text_of_four_words_or_more() {
        assertThat(drops(new RepeatedWord(0.5), "buy buy buy now")).isTrue();
        assertThat(drops(new RepeatedWord(0.5), "buy buy sell now")).isFalse();
        assertThat(drops(new RepeatedWord(0.5), "No, no, no!")).isFalse();
        assertThat(drops(new RepeatedWord(0.5), "No, no, no, no!")).isTrue();
    }

    @Test
    void a_copy_is_equal_in_any_spelling_or_where_that_counts_contained_word_by_word() {
        TextPair equal = TextPair.of("A  Dog", "a dog ");
        TextPair contained = TextPair.of("A dog", "Here is a dog.");
        TextPair inside = TextPair.of("a do", "here is a dog");
        TextPair wordless = TextPair.of("...", "here is a dog");
        assertThat(new CopiedText(false).drops(equal)).isTrue();
        assertThat(new CopiedText(false).drops(contained)).isFalse();
        assertThat(new CopiedText(true).drops(equal)).isTrue();
        assertThat(new CopiedText(true).drops(contained)).isTrue();
        assertThat(new CopiedText(true).drops(inside)).isFalse();
        assertThat(new CopiedText(true).drops(wordless)).isFalse();
        // An anchor that contains its positive says more than it, and asks.
        assertThat(new CopiedText(true).drops(TextPair.of("Here is a dog.", "A dog")))
                .isFalse();
    }

    @Test
    void a_text_is_shared_by_all_pairs_that_it_stands_in_on_its_side_and_all_of_them_go() {
        List<TextPair> pairs = List.of(
                TextPair.of("one", "A picture"),
                TextPair.of("two", "a  picture"),
                TextPair.of("three", "A PICTURE"),
                TextPair.of("a picture", "four"));
        SharedText two = new SharedText(TextPair.Side.POSITIVE, 2);
        SharedText three = new SharedText(TextPair.Side.POSITIVE, 3);
        pairs.forEach(two::see);
        pairs.forEach(three::see);
        assertThat(pairs).extracting(two::drops).containsExactly(true, true, true, false);
        assertThat(pairs).extracting(three::drops).containsOnly(false);
    }

    @Test
    void a_word_is_rare_by_how_many_texts_have_it_and_not_by_how_often_it_stands() {
        List<TextPair> pairs = List.of(
                TextPair.of("a dog", "a dog dog"),
                TextPair.of("a dog", "a mggq mggq mggq"),
                TextPair.of("a dog", "a a dog"));
        RareWord rule = new RareWord(2);
        pairs.forEach(rule::see);
        assertThat(pairs).extracting(rule::drops).containsExactly(false, true, false);
    }

    @Test
    void counts_of_hashes_are_those_of_a_plain_loop_while_the_table_grows() {
        Property.check(20, random -> {
            // Few different numbers, zero among them, that meet in few places of the table.
            long[] hashes = random.longs(4000, 0, 1500)
                    .map(n -> n % 3 == 0 ? n << 20 : n << 34)
                    .toArray();
            HashCounts counts = new HashCounts();
            Arrays.stream(hashes).forEach(counts::add);
            for (int i = 0; i < hashes.length; i += 7) {
                long hash = hashes[i];
                assertThat(counts.of(hash)).isEqualTo((int)
                        Arrays.stream(hashes).filter(h -> h == hash).count());
            }
            assertThat(counts.of(-1)).isZero();
        });
    }

    @Test
    void the_best_share_is_that_of_a_sorted_list_and_keeps_what_is_equal_to_its_last() {
        Property.check(50, random -> {
            int n = 1 + random.nextInt(200);
            // Few different cosines, so that there are ties.
            double[] cosines =
                    random.doubles(n).map(x -> Math.round(20 * x) / 20.0).toArray();
            double share = (1 + random.nextInt(100)) / 100.0;
            OutsideBestShare rule = new OutsideBestShare(share);
            Arrays.stream(cosines).forEach(x -> rule.see(new MeasuredPair(x, 1)));
            double[] sorted = cosines.clone();
            Arrays.sort(sorted);
            int kept = (int) ((Math.round(share * 100) * n + 99) / 100);
            double last = sorted[n - kept];
            for (double cosine : cosines) {
                assertThat(rule.drops(new MeasuredPair(cosine, 1))).isEqualTo(cosine < last);
            }
        });
    }

    @Test
    void cosine_and_rank_are_held_to_their_bounds() {
        assertThat(new LowSimilarity(0.3).drops(new MeasuredPair(0.3, 9))).isFalse();
        assertThat(new LowSimilarity(0.3).drops(new MeasuredPair(0.2999, 1))).isTrue();
        assertThat(new LowSimilarity(0.3).drops(new MeasuredPair(Double.NaN, 1)))
                .isTrue();
        assertThat(new Inconsistent(2).drops(new MeasuredPair(-1, 2))).isFalse();
        assertThat(new Inconsistent(2).drops(new MeasuredPair(1, 3))).isTrue();
        assertThatThrownBy(() -> new OutsideBestShare(0)).hasMessageContaining("above 0");
    }

    @Test
    void a_filter_drops_by_the_first_rule_and_tells_of_each_what_it_would_drop_alone() {
        PairFilter<TextPair> filter =
                PairFilter.of(List.of(new EmptyText(), new TooFewWords(2), new CopiedText(false)));
        List<TextPair> pairs = List.of(
                TextPair.of("a dog", "a cat"),
                TextPair.of("", "a cat"),
                TextPair.of("dog", "dog"),
                TextPair.of("a dog", "A dog"));
        List<Integer> dropped = new ArrayList<>();
        for (int i = 0; i < pairs.size(); i++) {
            dropped.add(filter.drops(pairs.get(i), i + 1).orElse(-1));
        }
        assertThat(dropped).containsExactly(-1, 0, 1, 2);
        assertThat(filter.tallies())
                .extracting(tally -> tally.reason().key(), PairFilter.Tally::dropped, PairFilter.Tally::breaking)
                .containsExactly(
                        tuple("empty-text", 1L, 1L), tuple("too-few-words", 1L, 2L), tuple("copied-text", 1L, 2L));
        assertThat(filter.tallies()).extracting(PairFilter.Tally::firstLine).containsExactly(2L, 2L, 3L);
    }

    @Test
    void settings_leave_out_the_rules_that_bound_nothing_and_captions_are_held_to_more() {
        assertThat(TextRuleSettings.defaults().rules())
                .extracting(rule -> rule.reason().key())
                .containsExactly("empty-text", "too-few-words", "few-letters", "repeated-word", "copied-text");
        assertThat(new TextRuleSettings(0, 0, 0, 0, 1, TextRuleSettings.Copies.KEEP, 0, 0).rules())
                .extracting(rule -> rule.reason().key())
                .containsExactly("empty-text");
        assertThat(new TextRuleSettings(2, 9, 2, 0.5, 0.5, TextRuleSettings.Copies.CONTAINED, 5, 2).rules())
                .extracting(rule -> rule.reason().key())
                .doesNotHaveDuplicates()
                .hasSize(10);
        assertThat(TextRuleSettings.captions().rules())
                .anyMatch(rule -> rule.drops(TextPair.of("two words", FINE)))
                .anyMatch(rule -> rule.drops(TextPair.of(FINE, "word ".repeat(21))));
        assertThatThrownBy(() -> new TextRuleSettings(-1, 0, 0, 0, 1, TextRuleSettings.Copies.KEEP, 0, 0))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void a_random_sample_is_the_same_for_a_seed_and_takes_every_place_equally_often() {
        int[] taken = new int[20];
        for (long seed = 0; seed < 2000; seed++) {
            List<Integer> items = sample(5, 20, seed);
            assertThat(items).hasSize(5).isSorted().doesNotHaveDuplicates();
            items.forEach(item -> taken[item]++);
        }
        // 500 each, with a deviation of 19.
        assertThat(Arrays.stream(taken).boxed())
                .allSatisfy(count -> assertThat(count).isBetween(400, 600));
        assertThat(sample(5, 20, 7)).isEqualTo(sample(5, 20, 7));
        assertThat(sample(30, 20, 7)).hasSize(20);
    }

    private static List<Integer> sample(int size, int of, long seed) {
        RandomSample<Integer> sample = new RandomSample<>(size, seed, "test");
        IntStream.range(0, of).forEach(sample::offer);
        return sample.items();
    }
}
