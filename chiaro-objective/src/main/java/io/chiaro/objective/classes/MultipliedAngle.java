package io.chiaro.objective.classes;

import io.chiaro.objective.LabelledLoss;
import io.chiaro.objective.ViewBatch;
import io.chiaro.tensor.Tensor;
import java.util.Set;

/**
 * The cross-entropy over classes whose right class must be nearer by a factor of the angle: with a the angle between a row and
 * the vector of its class, cos a becomes {@code (-1)^k cos(margin a) - 2 k} for a between k pi / margin and (k + 1) pi / margin.
 * Cosines are multiplied by the length of the row (Liu et al., "SphereFace: Deep Hypersphere Embedding for Face Recognition",
 * CVPR 2017, eq. 7), or of the row and of the class (Liu et al., "Large-Margin Softmax Loss for Convolutional Neural Networks",
 * ICML 2016, eq. 6).
 *
 * @param margin a whole number of at least 1
 */
public record MultipliedAngle(int margin, double scale, Lengths lengths) implements LabelledLoss {

    /** By which lengths a cosine is multiplied. */
    public enum Lengths {
        ROW,
        ROW_AND_CLASS
    }

    public MultipliedAngle {
        if (margin < 1) {
            throw new IllegalArgumentException("MultipliedAngle: the margin must be at least 1, but was " + margin);
        }
    }

    @Override
    public Tensor value(ViewBatch batch) {
        Tensor rows = batch.rows();
        Tensor classes = batch.memory("classes");
        Tensor cosines = rows.normalize(-1).matmul(classes.normalize(-1).transpose(0, 1));
        Tensor lengths = rows.norm(1, true);
        if (lengths() == Lengths.ROW_AND_CLASS) {
            lengths = lengths.matmul(classes.norm(1, true).transpose(0, 1));
        }
        Tensor own = OwnClass.of(batch.rowLabels(), Math.toIntExact(classes.size(0)));
        Tensor logits =
                multiplied(cosines).where(own, cosines).multiply(lengths).multiply(scale);
        return batch.crossEntropy(own.to(logits.type()), logits);
    }

    /** (-1)^k cos(margin a) - 2 k, with the cosine of the multiple as the polynomial of Chebyshev, whose slope is finite. */
    private Tensor multiplied(Tensor cosines) {
        Tensor before = cosines.multiply(0).add(1);
        Tensor multiple = cosines;
        for (int m = 1; m < margin; m++) {
            Tensor next = cosines.multiply(multiple).multiply(2).subtract(before);
            before = multiple;
            multiple = next;
        }
        Tensor sign = cosines.detach().multiply(0).add(1);
        Tensor passed = sign.multiply(0);
        for (int k = 1; k < margin; k++) {
            Tensor beyond = cosines.detach()
                    .isGreater(Math.cos(k * Math.PI / margin))
                    .not()
                    .to(cosines.type());
            passed = passed.add(beyond);
            sign = sign.subtract(sign.multiply(beyond).multiply(2));
        }
        return multiple.multiply(sign).subtract(passed.multiply(2));
    }

    @Override
    public String reduction() {
        return "mean over rows";
    }

    @Override
    public Set<String> memories() {
        return Set.of("classes");
    }
}
