package io.chiaro.objective.synthetic;

import io.chiaro.core.RandomStream;
import io.chiaro.objective.Strip;
import io.chiaro.objective.Synthetic;
import io.chiaro.tensor.Tensor;
import java.util.Arrays;
import java.util.List;

/**
 * Noise stands beside the batch as negatives, so that the space between the texts is kept free (Zhou et al., "Debiased
 * Contrastive Learning of Unsupervised Sentence Representations", ACL 2022, section 3.2). {@code noise} times as many normal vectors as
 * anchors are drawn, and moved {@code steps} times to where they hurt a softmax most:
 *
 * <pre>
 * n_k  = n_k + rate g_k / |g_k|,   g_k = d / d n_k of sum over i of log( sum over candidates c of exp(s_ic) + sum over k of exp(a_i n_k / tau) )
 * </pre>
 *
 * <p>It has no text that anything could be read of, so it always counts. All anchors have the same.
 *
 * @param noise vectors for each anchor, at least 0
 * @param steps at least 0
 * @param rate of a step
 */
public record NoiseNegatives(int noise, int steps, double rate) implements Synthetic.Beside {

    public NoiseNegatives {
        if (noise < 0 || steps < 0) {
            throw new IllegalArgumentException(
                    "NoiseNegatives: expected numbers of at least 0, but found " + noise + " and " + steps);
        }
    }

    @Override
    public Keys beside(Anchors anchors) {
        Tensor keys = moved(anchors).normalize(-1);
        return (strip, first) -> {
            boolean[] given = new boolean[Math.toIntExact(strip.scores().size(0))];
            Arrays.fill(given, true);
            return new Made(keys, given);
        };
    }

    private Tensor moved(Anchors anchors) {
        int count = noise * anchors.count();
        int width = Math.toIntExact(anchors.rows().size(1));
        RandomStream random = anchors.random("noise negatives");
        double[] values = new double[count * width];
        for (int k = 0; k < values.length; k++) {
            values[k] = random.nextGaussian();
        }
        Tensor vectors = Tensor.of(values, count, width).to(anchors.rows().type());
        for (int step = 0; step < steps; step++) {
            Tensor units = vectors.normalize(-1);
            Tensor pull = vectors.multiply(0);
            anchors.each((strip, first) -> pull.addInPlace(pull(anchors, strip, first, units)));
            // Of the slope, what lies across a vector; its length is divided out anyway.
            Tensor across = pull.subtract(pull.multiply(units).sum(1, true).multiply(units))
                    .divide(vectors.norm(1, true));
            vectors = vectors.add(across.normalize(-1).multiply(rate));
        }
        return vectors;
    }

    private static Tensor pull(Anchors anchors, Strip strip, int first, Tensor units) {
        Tensor rows = anchors.rows().narrow(0, first, strip.scores().size(0));
        Tensor scores = strip.scores().maskedFill(strip.candidates().not(), Double.NEGATIVE_INFINITY);
        Tensor ofNoise = rows.matmul(units.transpose(0, 1)).multiply(strip.scales());
        Tensor shares =
                Tensor.concatenate(List.of(scores, ofNoise), 1).softmax(1).narrow(1, scores.size(1), units.size(0));
        return shares.transpose(0, 1).matmul(rows);
    }
}
