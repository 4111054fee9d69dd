package io.chiaro.data.filter;

import java.util.Arrays;

/**
 * Keeps the share of all pairs whose texts a model finds nearest, as DataComp's baseline does with CLIP's scores (Gadre et al.,
 * "DataComp", NeurIPS 2023). Of n pairs seen the best ceil(share n) stay, and with the last of them those that are equally
 * near. Holds four bytes a pair.
 */
public final class OutsideBestShare implements PairRule<MeasuredPair> {

    private final double share;
    private float[] seen = new float[1 << 10];
    private int size;
    private boolean sorted;

    /**
     * The rule.
     *
     * @param share above 0, at most 1
     */
    public OutsideBestShare(double share) {
        if (!(share > 0 && share <= 1)) {
            throw new IllegalArgumentException(
                    "OutsideBestShare: expected a share above 0 and at most 1, but found " + share);
        }
        this.share = share;
    }

    @Override
    public Reason reason() {
        return new Reason("outside-best-share", "are not among the best " + share + " by their cosine");
    }

    @Override
    public void see(MeasuredPair pair) {
        if (size == seen.length) {
            seen = Arrays.copyOf(seen, Math.multiplyExact(2, size));
        }
        seen[size++] = (float) pair.cosine();
        sorted = false;
    }

    @Override
    public boolean drops(MeasuredPair pair) {
        if (!sorted) {
            Arrays.sort(seen, 0, size);
            sorted = true;
        }
        // Without the small step 0.07 of 100 pairs would be 8, since 0.07 is a little more than that in binary.
        int kept = (int) Math.ceil(share * size - 1e-9);
        return size > 0 && !((float) pair.cosine() >= seen[size - kept]);
    }
}
