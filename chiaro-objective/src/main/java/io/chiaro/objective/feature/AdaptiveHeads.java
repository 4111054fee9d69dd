package io.chiaro.objective.feature;

import io.chiaro.objective.BatchLoss;
import io.chiaro.objective.HeadByHead;
import io.chiaro.objective.ViewBatch;
import io.chiaro.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/**
 * Several heads over one encoder, and a temperature for each pair of rows and each head (Wang et al., "Adaptive Multi-head Contrastive
 * Learning", ECCV 2024). An embedding is cut into {@code heads} stretches of width d. With u the rows of both views in one stretch, of
 * length one, and a, b what the memory {@code temperature-map} [heads, d + 1] holds for the head:
 *
 * <pre>
 * t_ij  = least + (most - least) sigmoid( sum over k of a_k u_ik u_jk + b )
 * L_i   = -s_ip / t_ip + log( exp(s_ip / t_ip) + sum over negatives n of exp(s_in / t_in) ),   s cosines, p the other view
 * R_i   = d / 2 log t_ip + 1 / t_ip
 * value = mean over heads and over the rows of both views of  L_i + regularisation R_i
 * </pre>
 *
 * <p>A positive that is normally distributed around its anchor with variance t has the negative log-likelihood
 * {@code |u_i - u_p|^2 / (2 t) + d / 2 log t = -s / t + 1 / t + d / 2 log t} on unit rows: its first part is the numerator of a softmax,
 * and the others are R, without which the temperature of a positive would always fall to the bound. The paper's network from a pair to
 * its temperature is here one layer on the products of both rows, the same whichever comes first; that, the bounds and the weight of R
 * are not taken from its text.
 *
 * @param heads how many stretches, at least 1
 * @param least of a temperature, above 0
 * @param most of a temperature; equal to the least for one that is fixed
 * @param regularisation the weight of R, at least 0
 * @param share of an anchor's negatives that are kept, the largest s / t; above 0, and 1 for all
 */
public record AdaptiveHeads(int heads, double least, double most, double regularisation, double share)
        implements BatchLoss {

    private static final String MAP = "temperature-map";

    public AdaptiveHeads {
        if (heads < 1) {
            throw new IllegalArgumentException("AdaptiveHeads: expected at least one head, but found " + heads);
        }
        if (!(least > 0) || !(most >= least) || Double.isInfinite(most)) {
            throw new IllegalArgumentException("AdaptiveHeads: expected temperatures above 0, the least no larger than "
                    + "the most, but found " + least + " and " + most);
        }
        if (!(regularisation >= 0)) {
            throw new IllegalArgumentException(
                    "AdaptiveHeads: expected a regularisation of at least 0, but found " + regularisation);
        }
        if (!(share > 0 && share <= 1)) {
            throw new IllegalArgumentException(
                    "AdaptiveHeads: expected a share above 0 and up to 1, but found " + share);
        }
    }

    @Override
    public boolean inBatchNegatives() {
        return true;
    }

    @Override
    public Tensor value(ViewBatch batch) {
        int width = HeadByHead.widthOfHead(batch.width(), heads);
        Tensor map = batch.memoryOrZeros(MAP, heads, width + 1);
        Tensor sum = ofHead(batch, map.narrow(0, 0, 1), 0, width);
        for (int head = 1; head < heads; head++) {
            sum = sum.add(ofHead(batch, map.narrow(0, head, 1), head, width));
        }
        return sum.divide(heads);
    }

    private Tensor ofHead(ViewBatch batch, Tensor map, int head, int width) {
        int n = batch.items();
        Tensor rows = Tensor.concatenate(List.of(batch.view(0), batch.view(1)), 0)
                .narrow(1, (long) head * width, width)
                .normalize(-1);
        Tensor columns = rows.transpose(0, 1);
        Tensor temperatures = rows.multiply(map.narrow(1, 0, width))
                .matmul(columns)
                .add(map.narrow(1, width, 1))
                .sigmoid()
                .multiply(most - least)
                .add(least);
        Tensor logits = rows.matmul(columns).divide(temperatures);
        int[] places = new int[2 * n];
        Arrays.setAll(places, i -> (i + n) % (2 * n));
        Tensor partners = Tensor.indices(places).unsqueeze(1);
        Tensor positive = logits.gather(1, partners);
        Tensor own = temperatures.gather(1, partners);
        Tensor losses = logits.maskedFill(
                        Statistics.diagonal(2 * n).or(easy(logits, partners, n)), Double.NEGATIVE_INFINITY)
                .logSumExp(1, true)
                .subtract(positive);
        Tensor penalty = own.log().multiply(width / 2.0).add(own.power(-1));
        return losses.add(penalty.multiply(regularisation)).mean();
    }

    /** True for the negatives that are left out since others are harder, [2 B, 2 B]. */
    private Tensor easy(Tensor logits, Tensor partners, int n) {
        Tensor positives = Tensor.range(2L * n).unsqueeze(0).isEqual(partners);
        Tensor hidden = logits.detach().maskedFill(Statistics.diagonal(2 * n).or(positives), Double.NEGATIVE_INFINITY);
        long kept = Math.max(1, (long) Math.ceil(share * (2 * n - 2) - 1e-9));
        Tensor threshold = hidden.gather(1, hidden.sortedIndices(1, true).narrow(1, kept - 1, 1));
        return threshold.isGreater(hidden).and(positives.not());
    }

    @Override
    public String reduction() {
        return "mean over heads and over the rows of both views";
    }

    @Override
    public Set<String> memories() {
        return Set.of(MAP);
    }
}
