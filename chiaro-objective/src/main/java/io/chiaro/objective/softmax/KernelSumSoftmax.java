package io.chiaro.objective.softmax;

import io.chiaro.objective.RowDivergence;
import io.chiaro.objective.Strip;
import io.chiaro.tensor.Tensor;
import java.util.List;
import java.util.Optional;

/**
 * NT-Xent with a sum of two kernels in place of one (Tan et al., "Contrastive Learning Is Spectral Clustering On Similarity
 * Graph", ICLR 2024, section 5): {@code k = share exp(-|x - y|^2 / tau) + (1 - share) exp(-|x - y| / exponential)} and {@code -log(
 * k_ip / sum over all candidates of k_ik )}. The scores are those of a squared distance, -|x - y|^2 / tau.
 *
 * @param share of the Gaussian kernel, above 0 and below 1
 * @param exponential the temperature of the exponential kernel
 */
public record KernelSumSoftmax(double share, double exponential) implements RowDivergence {

    /** Where two rows are one, a distance has no slope. */
    private static final double LEAST_SQUARE = 1e-18;

    public KernelSumSoftmax {
        if (!(share > 0 && share < 1 && exponential > 0)) {
            throw new IllegalArgumentException(
                    "KernelSumSoftmax: expected a share between 0 and 1 and a temperature above " + "0, but found "
                            + share + " and " + exponential);
        }
    }

    @Override
    public boolean readsDistances() {
        return true;
    }

    @Override
    public List<Term> terms(Strip strip) {
        Tensor kernel = logKernel(strip);
        Tensor losses = strip.logSumExp(kernel, strip.candidates()).subtract(strip.mean(kernel, strip.positives()));
        return List.of(Term.mean(losses, strip.has(strip.positives())));
    }

    private Tensor logKernel(Strip strip) {
        Tensor gaussian = strip.scores().add(Math.log(share));
        Tensor distance = strip.scores()
                .divide(strip.scales())
                .negate()
                .atLeast(LEAST_SQUARE)
                .sqrt();
        Tensor other = distance.divide(-exponential).add(Math.log(1 - share));
        // log(exp a + exp b)
        return gaussian.add(other.subtract(gaussian).softplus());
    }

    @Override
    public Optional<Compared> compared(Strip strip) {
        return Optional.of(Compared.softmax(strip, strip.shares(), logKernel(strip), strip.candidates()));
    }

    @Override
    public boolean readsScale() {
        return true;
    }
}
