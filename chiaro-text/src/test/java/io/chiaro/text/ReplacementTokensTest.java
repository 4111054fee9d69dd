package io.chiaro.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.chiaro.core.RandomStream;
import java.util.List;
import java.util.function.IntPredicate;
import org.junit.jupiter.api.Test;

class ReplacementTokensTest {

    private static final int CLS = 0;
    private static final int SEP = 1;
    private static final IntPredicate SPECIAL = id -> id == CLS || id == SEP;
    /** After 5 stands 6 three times of four, else 7; after 8 nothing that is not special. */
    private static final List<int[]> TEXTS =
            List.of(new int[] {CLS, 5, 6, 5, 6, SEP}, new int[] {CLS, 5, 6, 8, SEP}, new int[] {CLS, 5, 7, SEP});

    private static ReplacementTokens tokens(ReplacementTokens.Kind kind) {
        return ReplacementTokens.of(kind, TEXTS, 10, SPECIAL);
    }

    private static double share(ReplacementTokens tokens, int before, int sought) {
        int found = 0;
        for (int i = 0; i < 20_000; i++) {
            found += tokens.after(before, RandomStream.of(3, "draw", i)) == sought ? 1 : 0;
        }
        return found / 20_000.0;
    }

    @Test
    void a_bigram_draws_what_follows_in_the_data_as_often_as_it_does() {
        ReplacementTokens bigram = tokens(ReplacementTokens.Kind.BIGRAM);
        assertThat(share(bigram, 5, 6)).isCloseTo(0.75, within(0.02));
        assertThat(share(bigram, 5, 7)).isCloseTo(0.25, within(0.02));
        assertThat(share(bigram, CLS, 5)).isEqualTo(1);
    }

    @Test
    void a_unigram_and_a_token_that_nothing_follows_draw_by_the_shares_of_all_tokens() {
        // 5, 6, 5, 6, 5, 6, 8, 5, 7.
        for (int before : new int[] {5, 8, 9}) {
            assertThat(share(tokens(ReplacementTokens.Kind.UNIGRAM), before, 5)).isCloseTo(4 / 9.0, within(0.02));
        }
        assertThat(share(tokens(ReplacementTokens.Kind.BIGRAM), 8, 8)).isCloseTo(1 / 9.0, within(0.02));
    }

    @Test
    void an_edit_tells_what_it_changed_and_leaves_special_tokens_alone() {
        ReplacementTokens bigram = tokens(ReplacementTokens.Kind.BIGRAM);
        int[] text = {CLS, 6, 5, 7, 8, 5, SEP};
        int changed = 0;
        for (int i = 0; i < 500; i++) {
            ReplacementTokens.Edited edited = bigram.edit(text, 0.5, SPECIAL, RandomStream.of(3, "edit", i));
            for (int t = 0; t < text.length; t++) {
                assertThat(edited.judged()[t]).isEqualTo(!SPECIAL.test(text[t]));
                assertThat(edited.replaced()[t]).isEqualTo(edited.ids()[t] != text[t]);
                assertThat(edited.judged()[t] || !edited.replaced()[t]).isTrue();
                changed += edited.replaced()[t] ? 1 : 0;
            }
        }
        // Half of five tokens is drawn anew; some come out as they were.
        assertThat(changed / 500.0).isBetween(1.0, 2.5);
        assertThat(text).containsExactly(CLS, 6, 5, 7, 8, 5, SEP);
        assertThat(bigram.edit(text, 0, SPECIAL, RandomStream.of(3, "edit")).ids())
                .isEqualTo(text);
    }

    @Test
    void where_all_is_drawn_anew_each_token_fits_the_one_drawn_before_it() {
        ReplacementTokens bigram = tokens(ReplacementTokens.Kind.BIGRAM);
        for (int i = 0; i < 50; i++) {
            int[] ids = bigram.edit(new int[] {CLS, 7, 7, SEP}, 1, SPECIAL, RandomStream.of(3, "all", i))
                    .ids();
            assertThat(ids[1]).isEqualTo(5);
            assertThat(ids[2]).isIn(6, 7);
        }
    }

    @Test
    void data_without_tokens_replace_nothing() {
        ReplacementTokens none =
                ReplacementTokens.of(ReplacementTokens.Kind.BIGRAM, List.of(new int[] {CLS, SEP}), 10, SPECIAL);
        int[] text = {CLS, 5, SEP};
        assertThat(none.edit(text, 1, SPECIAL, RandomStream.of(3, "none")).ids())
                .isEqualTo(text);
    }
}
