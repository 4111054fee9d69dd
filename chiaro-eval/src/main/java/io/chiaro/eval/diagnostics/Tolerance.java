package io.chiaro.eval.diagnostics;

/**
 * How near an encoder leaves things of one kind: the mean cosine of pairs of one class. A low temperature spreads points
 * evenly and pays with tolerance: alike items that are not told to be positives are pushed apart (Wang and Liu,
 * "Understanding the behaviour of contrastive loss", CVPR 2021, section 3.4).
 *
 * <pre>  tolerance = mean over pairs i &lt; j with y_i = y_j of cos(z_i, z_j)</pre>
 *
 * <p>1 if each class is a point. A collapsed cloud has it as well, so read {@code between} beside it.
 *
 * @param within the tolerance; NaN if no class has two members
 * @param between the same mean over pairs of different classes; NaN if there is one class
 * @param pairs pairs of one class
 */
public record Tolerance(double within, double between, long pairs) {

    /** Of vectors [N, d] with a label each; takes N (N - 1) / 2 cosines. */
    public static Tolerance of(float[][] vectors, int[] labels) {
        ClassMembers.of("Tolerance.of", vectors, labels);
        UnitRows rows = UnitRows.of("Tolerance.of", vectors);
        double within = 0;
        double between = 0;
        long pairs = 0;
        long others = 0;
        for (int i = 1; i < rows.size(); i++) {
            for (int j = 0; j < i; j++) {
                if (labels[i] == labels[j]) {
                    within += rows.cosine(i, j);
                    pairs++;
                } else {
                    between += rows.cosine(i, j);
                    others++;
                }
            }
        }
        return new Tolerance(
                pairs == 0 ? Double.NaN : within / pairs, others == 0 ? Double.NaN : between / others, pairs);
    }
}
