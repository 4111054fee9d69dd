package io.chiaro.objective.feature;

import io.chiaro.tensor.Tensor;

/**
 * Codes over K prototypes that B rows share evenly (Cuturi, "Sinkhorn Distances: Lightspeed Computation of Optimal Transport", NIPS 2013,
 * algorithm 1): columns and rows of exp(logits) are divided by their sums in turn, rows last.
 */
final class Sinkhorn {

    private Sinkhorn() {}

    /**
     * The logarithms of codes, [B, K], from logits of that shape. Their rows sum to 1, their columns the nearer to B / K, the more
     * iterations there were.
     */
    static Tensor logCodes(Tensor logits, int iterations) {
        Tensor log = logits;
        for (int i = 0; i < iterations; i++) {
            log = log.subtract(log.logSumExp(0, true));
            log = log.subtract(log.logSumExp(1, true));
        }
        return log;
    }
}
