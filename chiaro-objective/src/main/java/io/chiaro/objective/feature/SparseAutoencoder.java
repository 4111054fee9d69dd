package io.chiaro.objective.feature;

import io.chiaro.objective.BatchLoss;
import io.chiaro.objective.ViewBatch;
import io.chiaro.tensor.Tensor;
import java.util.Map;
import java.util.Set;

/**
 * Rows are written as few of many latents, in place of a cut to their first numbers (Wen et al., "Beyond Matryoshka: Revisiting Sparse
 * Coding for Adaptive Representation", ICML 2025, section 3). With f the rows of all views, b the memory {@code reading-bias}, E and
 * D the memories {@code encoder} and {@code decoder} [h, d], and c the memory {@code latent-bias}:
 *
 * <pre>
 * a      = relu( E (f - b) + c ),   z_k = a, but for the k largest of a row zero
 * L(k)   = mean over rows of |f - (D' z_k + b)|^2
 * L_dead = mean over rows of |e - D' z_dead|^2,   e = f - (D' z_k + b) held fixed
 * L_ncl  = -log( exp(z_i p_i) / sum over j of exp(z_i p_j) ), mean over items; p the codes of view 1, or of view 0 itself
 * value  = L(active) + wide L(4 active) + dead L_dead + contrast L_ncl
 * </pre>
 *
 * <p>z_dead are the {@code auxiliary} largest of the latents that were zero in the last {@code patience} batches, which the memory
 * {@code idle} [1, h] counts. f is held fixed where it is to be written, so that rows do not learn to be easy; on frozen vectors the
 * gradient to them is of no use.
 *
 * @param active latents of a row that are not zero
 * @param unitRows whether f are the rows brought to length one, as most models give them away
 */
public record SparseAutoencoder(
        int active, int auxiliary, int patience, double wide, double dead, double contrast, boolean unitRows)
        implements BatchLoss {

    private static final String IDLE = "idle";
    private static final int WIDER = 4;

    public SparseAutoencoder {
        if (active < 1 || auxiliary < 1 || patience < 1) {
            throw new IllegalArgumentException("SparseAutoencoder: expected numbers of at least 1, but found " + active
                    + ", " + auxiliary + " and " + patience);
        }
    }

    @Override
    public Tensor value(ViewBatch batch) {
        Tensor rows = rows(batch);
        Tensor fixed = rows.detach();
        Tensor latents = latents(batch, rows);
        Tensor codes = largest(latents, active);
        Tensor apart = fixed.subtract(written(batch, codes));
        Tensor value = squares(apart)
                .add(squares(fixed.subtract(written(batch, largest(latents, WIDER * active))))
                        .multiply(wide));
        Tensor idle = idle(batch, latents).isGreater(patience - 0.5);
        if (idle.to(latents.type()).sum().item() > 0) {
            Tensor asleep = largest(latents.maskedFill(idle.not(), 0), auxiliary);
            Tensor rest = apart.detach().subtract(asleep.matmul(batch.memory("decoder")));
            value = value.add(squares(rest).multiply(dead));
        }
        Tensor anchors = codes.narrow(0, 0, batch.items());
        Tensor positives = batch.views().size() > 1 ? codes.narrow(0, batch.items(), batch.items()) : anchors;
        return value.add(batch.crossEntropyOfItems(anchors, positives, 1).multiply(contrast));
    }

    private Tensor rows(ViewBatch batch) {
        return unitRows ? batch.rows().normalize(-1) : batch.rows();
    }

    private static Tensor latents(ViewBatch batch, Tensor rows) {
        return rows.subtract(readingBias(batch))
                .matmul(batch.memory("encoder").transpose(0, 1))
                .add(batch.memoryOrZeros("latent-bias", batch.memory("encoder").size(0), 1)
                        .transpose(0, 1))
                .relu();
    }

    private static Tensor written(ViewBatch batch, Tensor codes) {
        return codes.matmul(batch.memory("decoder")).add(readingBias(batch));
    }

    private static Tensor readingBias(ViewBatch batch) {
        return batch.memoryOrZeros("reading-bias", 1, batch.width());
    }

    /** The numbers of each row that are among its largest; all others are zero. */
    private static Tensor largest(Tensor latents, int count) {
        int last = Math.toIntExact(Math.min(count, latents.size(1))) - 1;
        Tensor fixed = latents.detach();
        Tensor threshold = fixed.gather(1, fixed.largestIndices(last + 1).narrow(1, last, 1));
        return latents.maskedFill(threshold.isGreater(fixed), 0);
    }

    private static Tensor squares(Tensor rows) {
        return rows.square().sum(1, false).mean();
    }

    private static Tensor idle(ViewBatch batch, Tensor latents) {
        return batch.memoryOrZeros(IDLE, 1, latents.size(1));
    }

    @Override
    public Map<String, Tensor> remembered(ViewBatch batch) {
        Tensor latents = latents(batch, rows(batch));
        Tensor used = largest(latents, active).sum(0, true).isGreater(0);
        return Map.of(IDLE, idle(batch, latents).add(1).maskedFill(used, 0));
    }

    @Override
    public Set<String> memories() {
        return Set.of("encoder", "decoder", "latent-bias", "reading-bias", IDLE);
    }

    @Override
    public int views() {
        return 1;
    }

    @Override
    public String reduction() {
        return "means over rows and over items";
    }
}
