package io.chiaro.objective;

import io.chiaro.core.RandomStream;
import io.chiaro.tensor.Tensor;

/**
 * Slot 2, keys that no encoder has made, of length one and held fixed. The similarity is a cosine. Implementations are records whose components
 * are the numbers that a recipe can set.
 */
public interface Synthetic {

    /** No such keys. */
    Synthetic NONE = new None();

    /** Negatives that stand beside the candidates of an anchor. */
    interface Beside extends Synthetic {
        /** What makes the keys of a block; asked for once, without gradients. */
        Keys beside(Anchors anchors);
    }

    /** Keys that stand in the place of those that were encoded. */
    interface InPlace extends Synthetic {
        /**
         * By how much the distance of an anchor to its positives is stretched, a: their cosine k counts as 1 - a (1 - k).
         *
         * @param item which item of the batch the anchor is of
         */
        double stretch(int item, Numbers numbers);

        /** Whether rows of a queue are changed. */
        boolean changesQueue();

        /**
         * The rows that stand in the place of those of a queue.
         *
         * @param rows of length one, [k, d]
         * @return of any length, [k, d]
         */
        Tensor queue(Tensor rows, Numbers numbers);
    }

    /** The random numbers of a step. */
    interface Numbers {
        /** Equal purposes and keys give equal ones. */
        RandomStream random(String purpose, long... keys);
    }

    /** Makes keys for one strip of anchors after the other. */
    interface Keys {

        /**
         * The keys of some anchors.
         *
         * @param strip their scores with the candidates of the batch
         * @param first which anchor of the block is the first of the strip
         */
        Made of(Strip strip, int first);
    }

    /**
     * Keys of some anchors.
     *
     * @param keys of length one, [n, k, d], or [k, d] where all have the same
     * @param given which anchors have them
     */
    @SuppressWarnings("ArrayRecordComponent")
    record Made(Tensor keys, boolean[] given) {

        /** How many an anchor has. */
        int count() {
            return Math.toIntExact(keys.size(keys.rank() - 2));
        }

        /** Products of anchors [n, d] with their keys, [n, k]. */
        Tensor products(Tensor anchors) {
            return keys.rank() == 2
                    ? anchors.matmul(keys.transpose(0, 1))
                    : keys.multiply(anchors.unsqueeze(1)).sum(2, false);
        }

        /** The gradient to anchors, [n, d], from that to their products. */
        Tensor toAnchors(Tensor gradient) {
            return keys.rank() == 2
                    ? gradient.matmul(keys)
                    : keys.multiply(gradient.unsqueeze(2)).sum(1, false);
        }
    }

    /** The anchors of a block and what stands against them. */
    interface Anchors extends Numbers {

        /** How many there are, N. */
        int count();

        /** Their rows of length one, [N, d]. */
        Tensor rows();

        /** The rows of all candidates of the batch, [M, d]. */
        Tensor candidates();

        /** The mean over the positives of each anchor of their rows, [N, d]; zeros without a positive. */
        Tensor positives();

        /** What anchors have in common that belong together. */
        long key(int anchor);

        /** Calls with all anchors, strip by strip, as they stand before there are keys. */
        void each(Looking looking);
    }

    /** Looks at some anchors. */
    interface Looking {
        /**
         * Called with a strip.
         *
         * @param first which anchor is the first
         */
        void at(Strip strip, int first);
    }

    /** No such keys. */
    record None() implements Synthetic {}
}
