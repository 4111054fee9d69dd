package io.chiaro.data.filter;

/**
 * Drops a pair whose positive is not among the nearest of a random pool: a text drawn by chance would answer the anchor better
 * (the consistency-based filter of Wang et al., "Text Embeddings by Weakly-Supervised Contrastive Pre-training", 2022, section 3,
 * which keeps the best 2 of a pool of a million).
 *
 * @param most rank of a positive that stays
 */
public record Inconsistent(int most) implements PairRule<MeasuredPair> {

    @Override
    public Reason reason() {
        return new Reason(
                "inconsistent",
                most == 1
                        ? "have a positive that is not the nearest of the pool"
                        : "have a positive that is not among the " + most + " nearest of the pool");
    }

    @Override
    public boolean drops(MeasuredPair pair) {
        return pair.rank() > most;
    }
}
