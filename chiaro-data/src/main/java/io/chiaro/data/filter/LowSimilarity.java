package io.chiaro.data.filter;

/**
 * Drops a pair whose texts a model finds too far apart, as LAION keeps pictures and captions by a least cosine of CLIP's vectors
 * (Schuhmann et al., "LAION-400M", 2021).
 *
 * @param least cosine
 */
public record LowSimilarity(double least) implements PairRule<MeasuredPair> {

    @Override
    public Reason reason() {
        return new Reason("low-similarity", "have a cosine below " + least);
    }

    @Override
    public boolean drops(MeasuredPair pair) {
        return !(pair.cosine() >= least);
    }
}
