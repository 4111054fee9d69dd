package io.chiaro.text;

import io.chiaro.core.RandomStream;
import java.util.Arrays;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;

/**
 * How a text becomes another view of itself, on its token ids. Special tokens stay, in their places around the rest, and at
 * least one other token does where there is one. A view of a text depends on nothing but the text and the random numbers
 * that it is given.
 */
interface TextView {

    /** Another view of a text, a new array or the same. */
    int[] of(int[] ids, IntPredicate special, RandomStream random);

    /** As many tokens as a view of the text can have, to plan memory with. */
    default int[] longest(int[] ids, IntPredicate special) {
        return ids;
    }

    /** Whether the first view of a text is the text itself; else both are changed, each in its own way. */
    default boolean keepsFirst() {
        return false;
    }

    /** The text as it is: two views differ by their dropout masks only (Gao, Yao and Chen, "SimCSE", EMNLP 2021). */
    record Unchanged() implements TextView {

        @Override
        public int[] of(int[] ids, IntPredicate special, RandomStream random) {
            return ids;
        }

        @Override
        public boolean keepsFirst() {
            return true;
        }
    }

    /**
     * Some tokens stand twice, so that the length of a text tells nothing (Wu et al., "ESimCSE: Enhanced Sample Building
     * Method for Contrastive Learning of Unsupervised Sentence Embedding", COLING 2022, section 3.1): of N tokens as many as a
     * number drawn evenly from 0 to {@code max(2, rate N)}. Only one of the two views is changed.
     *
     * @param rate 0.32 in the paper
     * @param most tokens of a text
     */
    record Repetition(double rate, int most) implements TextView {

        @Override
        public int[] of(int[] ids, IntPredicate special, RandomStream random) {
            int[] ordinary = ordinary(ids, special);
            int[] order = random.permutation(ordinary.length);
            return repeated(ids, ordinary, order, random.nextInt(1 + limit(ordinary.length, ids.length)));
        }

        @Override
        public int[] longest(int[] ids, IntPredicate special) {
            int[] ordinary = ordinary(ids, special);
            int[] order = IntStream.range(0, ordinary.length).toArray();
            return repeated(ids, ordinary, order, limit(ordinary.length, ids.length));
        }

        private int limit(int ordinary, int all) {
            int wanted = Math.max(2, (int) (rate * ordinary));
            return Math.max(0, Math.min(wanted, Math.min(ordinary, most - all)));
        }

        private static int[] repeated(int[] ids, int[] ordinary, int[] order, int count) {
            boolean[] twice = new boolean[ids.length];
            for (int i = 0; i < count; i++) {
                twice[ordinary[order[i]]] = true;
            }
            int[] longer = new int[ids.length + count];
            int at = 0;
            for (int t = 0; t < ids.length; t++) {
                longer[at++] = ids[t];
                if (twice[t]) {
                    longer[at++] = ids[t];
                }
            }
            return longer;
        }

        @Override
        public boolean keepsFirst() {
            return true;
        }
    }

    /**
     * A stretch of the text, each view another one, of a share of its tokens drawn evenly from {@value #LEAST} to {@code
     * most} (Izacard et al., "Unsupervised Dense Information Retrieval with Contrastive Learning", TMLR 2022, section 3.2).
     *
     * @param most 0.5 in the paper
     */
    record Crop(double most) implements TextView {

        static final double LEAST = 0.05;

        @Override
        public int[] of(int[] ids, IntPredicate special, RandomStream random) {
            int[] ordinary = ordinary(ids, special);
            double share = LEAST + (Math.max(LEAST, most) - LEAST) * random.nextDouble();
            int length = Math.min(ordinary.length, Math.max(1, (int) Math.round(share * ordinary.length)));
            if (length == ordinary.length) {
                return ids;
            }
            int from = random.nextInt(ordinary.length - length + 1);
            boolean[] kept = new boolean[ids.length];
            for (int i = from; i < from + length; i++) {
                kept[ordinary[i]] = true;
            }
            return remaining(ids, special, kept);
        }
    }

    /**
     * Each token is left out with a probability, in both views (Wu et al., "CLEAR: Contrastive Learning for Sentence
     * Representation", 2020, section 3.2, by tokens and not by words).
     *
     * @param rate the probability
     */
    record Deletion(double rate) implements TextView {

        @Override
        public int[] of(int[] ids, IntPredicate special, RandomStream random) {
            int[] ordinary = ordinary(ids, special);
            if (ordinary.length == 0) {
                return ids;
            }
            boolean[] kept = new boolean[ids.length];
            int spared = random.nextInt(ordinary.length);
            for (int i = 0; i < ordinary.length; i++) {
                kept[ordinary[i]] = random.nextDouble() >= rate || i == spared;
            }
            return remaining(ids, special, kept);
        }
    }

    /**
     * The tokens in random order, in both views (Yan et al., "ConSERT: A Contrastive Framework for Self-Supervised Sentence
     * Representation Transfer", ACL 2021, section 3.2; for an encoder with positions it is the same as to shuffle these).
     */
    record Shuffle() implements TextView {

        @Override
        public int[] of(int[] ids, IntPredicate special, RandomStream random) {
            int[] ordinary = ordinary(ids, special);
            int[] order = random.permutation(ordinary.length);
            int[] shuffled = ids.clone();
            for (int i = 0; i < order.length; i++) {
                shuffled[ordinary[i]] = ids[ordinary[order[i]]];
            }
            return shuffled;
        }
    }

    /** The places of tokens that are not special. */
    private static int[] ordinary(int[] ids, IntPredicate special) {
        return IntStream.range(0, ids.length)
                .filter(place -> !special.test(ids[place]))
                .toArray();
    }

    private static int[] remaining(int[] ids, IntPredicate special, boolean[] kept) {
        int[] shorter = new int[ids.length];
        int count = 0;
        for (int t = 0; t < ids.length; t++) {
            if (kept[t] || special.test(ids[t])) {
                shorter[count++] = ids[t];
            }
        }
        return Arrays.copyOf(shorter, count);
    }
}
