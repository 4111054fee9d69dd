package io.chiaro.objective.softmax;

import io.chiaro.objective.RowDivergence;
import io.chiaro.objective.Strip;
import io.chiaro.tensor.Tensor;
import java.util.List;
import java.util.Optional;

/**
 * NT-Xent whose negatives are weighed against each other at one temperature, and anchors at another (Zhang et al., "Dual
 * Temperature Helps Contrastive Learning Without Many Negative Samples: Towards Understanding and Simplifying MoCo", CVPR 2022,
 * section 4): {@code -sg( (1 - q_ip(tau')) / (1 - q_ip(tau)) ) log q_ip(tau)}, with q_ip the positive's share of the softmax and
 * sg(.) held fixed. tau is that of the similarity, tau' is {@code ratio} tau. With a ratio of 1 this is NT-Xent.
 *
 * @param ratio above 0; large, so that no anchor fades
 */
public record DualTemperatureSoftmax(double ratio) implements RowDivergence {

    private static final double LEAST = 1e-12;

    public DualTemperatureSoftmax {
        if (!(ratio > 0)) {
            throw new IllegalArgumentException("DualTemperatureSoftmax: expected a ratio above 0, but found " + ratio);
        }
    }

    @Override
    public List<Term> terms(Strip strip) {
        Tensor losses = losses(strip, strip.scores());
        Tensor flat = losses(strip, strip.scores().detach().divide(ratio));
        Tensor weight = ofNegatives(flat).divide(ofNegatives(losses.detach()).atLeast(LEAST));
        return List.of(Term.mean(losses.multiply(weight), strip.has(strip.positives())));
    }

    private static Tensor losses(Strip strip, Tensor scores) {
        return strip.logSumExp(scores, strip.candidates()).subtract(strip.mean(scores, strip.positives()));
    }

    /** 1 - q of a value -log q. */
    private static Tensor ofNegatives(Tensor losses) {
        return losses.negate().exp().negate().add(1);
    }

    @Override
    public Optional<Compared> compared(Strip strip) {
        return Optional.of(Compared.softmax(strip));
    }
}
