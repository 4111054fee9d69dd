package io.chiaro.objective.synthetic;

import io.chiaro.core.RandomStream;
import io.chiaro.objective.Synthetic;
import io.chiaro.tensor.Tensor;
import java.util.Arrays;

/**
 * Each anchor has one more negative, a mixture of its own positive with another item's (Zhang et al., "Unsupervised Sentence
 * Representation via Contrastive Learning with Mixing Negatives", AAAI 2022, section 3):
 *
 * <pre>
 * m_i  = positiveShare p_i + (1 - positiveShare) p_j, j another item drawn at random, scaled to length one
 * </pre>
 *
 * <p>So the gradient does not fade once the positive is near. Of several positives p is their mean. Where no other item is, there is none.
 *
 * @param positiveShare of the positive, from 0 to 1
 */
public record MixtureWithPositive(double positiveShare) implements Synthetic.Beside {

    public MixtureWithPositive {
        if (!(positiveShare >= 0 && positiveShare <= 1)) {
            throw new IllegalArgumentException(
                    "MixtureWithPositive: expected a share from 0 to 1, but found " + positiveShare);
        }
    }

    @Override
    public Keys beside(Anchors anchors) {
        int[] others = others(anchors);
        boolean[] given = new boolean[others.length];
        for (int i = 0; i < given.length; i++) {
            given[i] = anchors.key(others[i]) != anchors.key(i);
        }
        Tensor positives = anchors.positives();
        Tensor mixtures = positives
                .multiply(positiveShare)
                .add(positives.indexSelect(0, Tensor.indices(others)).multiply(1 - positiveShare))
                .normalize(-1)
                .unsqueeze(1);
        return (strip, first) -> {
            int n = Math.toIntExact(strip.scores().size(0));
            return new Made(mixtures.narrow(0, first, n), Arrays.copyOfRange(given, first, first + n));
        };
    }

    /** Another item for each; itself where there is none. */
    private static int[] others(Anchors anchors) {
        RandomStream random = anchors.random("mixture with positive");
        int[] others = new int[anchors.count()];
        for (int i = 0; i < others.length; i++) {
            int drawn = others.length == 1 ? i : (i + 1 + random.nextInt(others.length - 1)) % others.length;
            int tried = 1;
            while (anchors.key(drawn) == anchors.key(i) && tried < others.length) {
                drawn = (drawn + 1) % others.length;
                tried++;
            }
            others[i] = drawn;
        }
        return others;
    }
}
