package io.chiaro.text;

import io.chiaro.core.RandomStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntPredicate;

/**
 * Draws a token that might stand in a text, as often as the data have it there. It is the smallest language model that edits a
 * text in a likely way: where DiffCSE asks a pretrained masked language model, this one knows no more than one token to the left.
 *
 * <p>Immutable; safe for any thread.
 */
final class ReplacementTokens {

    /** What a draw depends on. */
    enum Kind {
        /** Nothing: each token by its share of all tokens. */
        UNIGRAM,
        /** The token before: each token by its share of those that follow it in the data. */
        BIGRAM
    }

    private final Kind kind;
    /** All tokens of the data that are not special, grouped by the token before each. */
    private final int[] tokens;
    /** Where the group of each token begins; one more than there are tokens. */
    private final int[] starts;

    private ReplacementTokens(Kind kind, int[] tokens, int[] starts) {
        this.kind = kind;
        this.tokens = tokens;
        this.starts = starts;
    }

    /**
     * Counts the tokens of some texts.
     *
     * @param vocabulary how many ids there are
     * @param special tokens that are never drawn
     */
    static ReplacementTokens of(Kind kind, List<int[]> texts, int vocabulary, IntPredicate special) {
        int[] starts = new int[vocabulary + 1];
        for (int[] text : texts) {
            for (int t = 1; t < text.length; t++) {
                starts[text[t - 1] + 1] += special.test(text[t]) ? 0 : 1;
            }
        }
        for (int id = 0; id < vocabulary; id++) {
            starts[id + 1] += starts[id];
        }
        int[] next = Arrays.copyOf(starts, vocabulary);
        int[] tokens = new int[starts[vocabulary]];
        for (int[] text : texts) {
            for (int t = 1; t < text.length; t++) {
                if (!special.test(text[t])) {
                    tokens[next[text[t - 1]]++] = text[t];
                }
            }
        }
        return new ReplacementTokens(kind, tokens, starts);
    }

    /** A token that may stand behind another; -1 if the data have no tokens at all. */
    int after(int before, RandomStream random) {
        if (tokens.length == 0) {
            return -1;
        }
        int from = kind == Kind.BIGRAM ? starts[before] : 0;
        int to = kind == Kind.BIGRAM ? starts[before + 1] : tokens.length;
        return from == to ? tokens[random.nextInt(tokens.length)] : tokens[from + random.nextInt(to - from)];
    }

    /**
     * A text in which some tokens are drawn anew, and which of them are others now.
     *
     * @param ids the edited text
     * @param judged for each token whether it could have been replaced
     * @param replaced for each token whether it differs from the one that stood there
     */
    @SuppressWarnings("ArrayRecordComponent")
    record Edited(int[] ids, boolean[] judged, boolean[] replaced) {}

    /**
     * Edits a text from left to right, so that what is drawn fits what was drawn before it.
     *
     * @param share of the tokens that are drawn anew; some of them come out as they were
     */
    Edited edit(int[] text, double share, IntPredicate special, RandomStream random) {
        int[] ids = text.clone();
        boolean[] judged = new boolean[text.length];
        boolean[] replaced = new boolean[text.length];
        for (int t = 1; t < text.length; t++) {
            judged[t] = !special.test(text[t]);
            if (judged[t] && random.nextDouble() < share) {
                int drawn = after(ids[t - 1], random);
                ids[t] = drawn < 0 ? text[t] : drawn;
                replaced[t] = ids[t] != text[t];
            }
        }
        return new Edited(ids, judged, replaced);
    }

    /** So many texts of the data, spread evenly, that their tokens can be held. */
    static List<int[]> sample(TrainingData data, long mostTokens) {
        List<int[]> texts = new ArrayList<>();
        long all = data.weighted().stream()
                .mapToLong(source -> source.store().totalTokens())
                .sum();
        long step = Math.max(1, (all + mostTokens - 1) / mostTokens);
        data.weighted().forEach(source -> {
            for (long row = 0; row < source.store().rows(); row += step) {
                for (int column = 0; column < source.store().columns(); column++) {
                    texts.add(source.store().tokens(row, column));
                }
            }
        });
        return texts;
    }
}
