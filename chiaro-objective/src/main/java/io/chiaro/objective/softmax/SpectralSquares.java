package io.chiaro.objective.softmax;

import io.chiaro.objective.RowDivergence;
import io.chiaro.objective.Strip;
import io.chiaro.tensor.Tensor;
import java.util.List;

/**
 * {@code -2 s_p + mean over negatives of s_k^2}: the spectral contrastive loss (HaoChen et al., "Provable Guarantees for
 * Self-Supervised Deep Learning with Spectral Contrastive Loss", NeurIPS 2021, eq. 6).
 */
public record SpectralSquares() implements RowDivergence {

    @Override
    public List<Term> terms(Strip strip) {
        Tensor losses = strip.mean(strip.scores().square(), strip.negatives())
                .subtract(strip.mean(strip.scores(), strip.positives()).multiply(2));
        return List.of(Term.mean(losses, strip.has(strip.positives())));
    }
}
