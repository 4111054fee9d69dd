package io.chiaro.objective.synthetic;

import io.chiaro.core.RandomStream;
import io.chiaro.objective.Synthetic;
import io.chiaro.tensor.Tensor;

/**
 * Positives drawn further apart and negatives between those of a queue (Zhu et al., "Improving Contrastive Learning
 * by Visualizing Feature Transformation", ICCV 2021, section 4). With q an anchor, k a positive and n_j the queue:
 *
 * <pre>
 * q' = l q + (1 - l) k,  k' = l k + (1 - l) q,  l = 1 + Beta(extrapolation, extrapolation), one for each item, so that
 * 1 - q' k' = (l^2 + (1 - l)^2) (1 - q k)
 * n'_j = m n_j + (1 - m) n_pi(j),  m = Beta(interpolation, interpolation) and the order pi, one for each step
 * </pre>
 *
 * <p>Negatives n'_j are compared with q itself, and have the length that they have.
 *
 * @param extrapolation the shape of l, above 0; with 0 positives stay
 * @param interpolation the shape of m, above 0; with 0 negatives stay
 */
public record TransformedFeatures(double extrapolation, double interpolation) implements Synthetic.InPlace {

    public TransformedFeatures {
        if (!(extrapolation >= 0 && interpolation >= 0)) {
            throw new IllegalArgumentException("TransformedFeatures: expected shapes of at least 0, but found "
                    + extrapolation + " and " + interpolation);
        }
    }

    @Override
    public double stretch(int item, Numbers numbers) {
        if (extrapolation == 0) {
            return 1;
        }
        double l = 1 + BetaNumbers.next(numbers.random("extrapolation", item), extrapolation);
        return l * l + (1 - l) * (1 - l);
    }

    @Override
    public boolean changesQueue() {
        return interpolation > 0;
    }

    @Override
    public Tensor queue(Tensor rows, Numbers numbers) {
        RandomStream random = numbers.random("interpolation");
        double share = BetaNumbers.next(random, interpolation);
        int[] order = random.permutation(Math.toIntExact(rows.size(0)));
        return rows.multiply(share)
                .add(rows.indexSelect(0, Tensor.indices(order)).multiply(1 - share));
    }
}
