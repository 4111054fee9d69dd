package io.chiaro.objective.recipe;

import io.chiaro.objective.Pairing;
import io.chiaro.objective.Similarity;
import io.chiaro.objective.Supervision;
import io.chiaro.objective.WholeBatch;
import io.chiaro.objective.feature.Kernel;
import io.chiaro.objective.feature.KernelContrast;
import io.chiaro.objective.feature.KernelPriorUniformity;
import io.chiaro.objective.feature.SharedClusters;
import io.chiaro.objective.feature.SparseAutoencoder;
import io.chiaro.objective.softmax.KernelSumSoftmax;
import java.util.List;

/** Recipes of other kernels than one Gaussian, of clusters, and of codes. */
final class KernelRecipes {

    private static final String NONE = "no-reference";
    private static final String KERNELS =
            "Koromilas et al., Bridging Mini-Batch and Asymptotic Analysis in Contrastive Learning: From InfoNCE to Kernel-Based "
                    + "Losses, ICML 2024, eq. 12, with the ";

    static final List<Recipe> ALL = List.of(
            kernel("kcl-riesz", "Riesz kernel", new Kernel.Riesz(1)),
            kernel("kcl-imq", "inverse multiquadric kernel", new Kernel.InverseMultiquadric(1)),
            kernel("kcl-log", "logarithmic kernel", new Kernel.Logarithmic(2)),
            Recipe.of(
                    "kernel-info-nce-sum",
                    "Tan et al., Contrastive Learning Is Spectral Clustering On Similarity Graph, ICLR 2024, section 5, the sum "
                            + "of a Gaussian and a simple exponential kernel",
                    NONE,
                    SoftmaxRecipes.contrast(
                            Pairing.Among.BATCH,
                            Supervision.sameItem(),
                            new Similarity(Similarity.Kind.UNIT_NEGATIVE_SQUARED_DISTANCE, 1),
                            new KernelSumSoftmax(0.5, 0.5))),
            Recipe.of(
                    "kernel-prior-uniformity",
                    "Dufumier et al., Integrating Prior Knowledge in Contrastive Learning with Kernel, ICML 2023, section 4",
                    NONE,
                    new WholeBatch(new KernelPriorUniformity(2, 0.5, 0.01))),
            Recipe.of(
                    "debiased-clustering",
                    "Alshammari et al., I-Con: A Unifying Framework for Representation Learning, ICLR 2025, table 1 and section 4, "
                            + "clustering with debiased targets",
                    NONE,
                    new WholeBatch(new SharedClusters(1, 0.2, 0)),
                    "i-con-clustering"),
            Recipe.of(
                            "csr",
                            "Wen et al., Beyond Matryoshka: Revisiting Sparse Coding for Adaptive Representation, ICML 2025, section 3",
                            NONE,
                            new WholeBatch(new SparseAutoencoder(32, 512, 100, 0.125, 0.03125, 1, true)),
                            "contrastive-sparse-representation")
                    .usually("encoder", "frozen"));

    private KernelRecipes() {}

    private static Recipe kernel(String name, String words, Kernel kernel) {
        return Recipe.of(name, KERNELS + words, NONE, new WholeBatch(new KernelContrast(kernel, 16)));
    }
}
