package io.chiaro.objective.item;

import io.chiaro.objective.RowDivergence;
import io.chiaro.objective.Strip;
import io.chiaro.tensor.Tensor;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Contrast with all negatives of the data and not only of the batch: each record keeps a moving average of its denominator, so
 * that a small batch does not bias the gradient (Yuan et al., "Provable Stochastic Optimization for Global Contrastive Learning:
 * Small Batch Does Not Harm Performance", ICML 2022, algorithm 1). With J the negatives of anchor i, P its positives and s their scores:
 *
 * <pre>
 * u_i    = (1 - gamma) u_i + gamma mean over j in J of exp(s_ij), the mean alone where the record was not seen before
 * loss_i = tau_i ( mean over j in J of w_ij s_ij - mean over p in P of s_ip ),   w_ij = exp(s_ij) / u_i held fixed
 * </pre>
 *
 * <p>A record keeps the mean of the u of its anchors in the memory {@code denominators}. The gradient is tau_i times that of a softmax
 * whose denominator is the average. All is reckoned in logarithms, and a record keeps at most the largest number of single precision.
 *
 * @param gamma the share of the batch in the average, above 0 up to 1
 */
public record MovingDenominators(double gamma) implements RowDivergence {

    private static final String DENOMINATORS = "denominators";
    private static final double LEAST = 1e-8;

    public MovingDenominators {
        if (!(gamma > 0 && gamma <= 1)) {
            throw new IllegalArgumentException(
                    "MovingDenominators: expected a gamma above 0 and up to 1, but found " + gamma);
        }
    }

    @Override
    public List<Term> terms(Strip strip) {
        Tensor logs = logDenominators(strip).atLeast(Math.log(LEAST)).unsqueeze(1);
        Tensor weights = strip.scores().detach().subtract(logs).exp();
        Tensor pushed = strip.mean(weights.multiply(strip.scores()), strip.negatives());
        Tensor losses =
                pushed.subtract(strip.mean(strip.scores(), strip.positives())).divide(strip.scaleOfRows());
        return List.of(Term.mean(losses, strip.has(strip.positives())));
    }

    /** log u after the batch, [n]. */
    @Override
    public Tensor logDenominators(Strip strip) {
        Tensor now = strip.logSumExp(strip.scores().detach(), strip.negatives())
                .subtract(strip.count(strip.negatives()).atLeast(1).log());
        Tensor before = strip.remembered(DENOMINATORS, 1).reshape(-1);
        Tensor moved = Tensor.stack(List.of(before.log().add(Math.log(1 - gamma)), now.add(Math.log(gamma))), 0)
                .logSumExp(0, false);
        return moved.where(before.isGreater(0), now).detach();
    }

    @Override
    public Map<String, Tensor> remembered(Strip strip) {
        return Map.of(
                DENOMINATORS,
                logDenominators(strip).exp().atMost(Float.MAX_VALUE).unsqueeze(1));
    }

    @Override
    public Set<String> memories() {
        return Set.of(DENOMINATORS);
    }

    @Override
    public boolean readsScale() {
        return true;
    }
}
