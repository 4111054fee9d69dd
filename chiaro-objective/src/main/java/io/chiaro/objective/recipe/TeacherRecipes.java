package io.chiaro.objective.recipe;

import io.chiaro.objective.Towers;
import io.chiaro.objective.WholeBatch;
import io.chiaro.objective.feature.CentredPatches;
import io.chiaro.objective.feature.FusedNeighbours;
import io.chiaro.objective.feature.MovedGroups;
import io.chiaro.objective.feature.NegativeCosine;
import io.chiaro.objective.feature.NeighbourAsTarget;
import io.chiaro.objective.feature.PatchKernels;
import io.chiaro.objective.feature.PooledRegions;
import io.chiaro.objective.feature.TowardsGuide;
import io.chiaro.objective.feature.TowardsTeacher;
import io.chiaro.objective.item.ClusterCodes;
import java.util.List;

/** Recipes with a teacher, neighbours or groups in place of a positive, and those of patches and regions. */
final class TeacherRecipes {

    private static final String LIGHTLY = "lightly 1.6.0 ";
    private static final String SOLO = "solo-learn 1.0.2 ";
    private static final String TEXT = "sentence-transformers 6.2.0 ";

    private static final String HENAFF =
            "Henaff et al., Efficient Visual Pretraining with Contrastive Detection, ICCV 2021, eq. 2";

    static final List<Recipe> ALL = List.of(
            Recipe.of(
                    "embedding-mse",
                    "Reimers and Gurevych, Making Monolingual Sentence Embeddings Multilingual using Knowledge Distillation, "
                            + "EMNLP 2020, eq. 1",
                    TEXT + "MSELoss",
                    new WholeBatch(new TowardsTeacher(TowardsTeacher.Measure.MEAN_SQUARE))),
            Recipe.of(
                    "embed-distill",
                    "Kim et al., EmbedDistill: A Geometric Knowledge Distillation for Information Retrieval, 2023, eq. 7, "
                            + "with cosines",
                    TEXT + "EmbedDistillLoss",
                    new WholeBatch(new TowardsTeacher(TowardsTeacher.Measure.COSINE))),
            Recipe.of(
                    "embed-distill-distance",
                    "Kim et al., EmbedDistill: A Geometric Knowledge Distillation for Information Retrieval, 2023, eq. 7",
                    TEXT + "EmbedDistillLoss(distance_metric=l2)",
                    new WholeBatch(new TowardsTeacher(TowardsTeacher.Measure.DISTANCE))),
            Recipe.of(
                    "guide-distillation",
                    "Kim et al., EmbedDistill: A Geometric Knowledge Distillation for Information Retrieval, 2023, eq. 7, "
                            + "with cosines, the teacher as the guide of a run",
                    "no-reference",
                    new WholeBatch(new TowardsGuide())),
            Recipe.of(
                    "nnbyol",
                    "Grill et al., Bootstrap Your Own Latent, NeurIPS 2020, eq. 2, towards neighbours as in Dwibedi et al., "
                            + "ICCV 2021",
                    SOLO + "byol_loss_func on neighbours",
                    new WholeBatch(
                            Towers.PREDICTED_AND_AVERAGED,
                            new NeighbourAsTarget(NegativeCosine.Form.SQUARED_DISTANCE))),
            Recipe.of(
                    "nnsiam",
                    "Chen and He, Exploring Simple Siamese Representation Learning, CVPR 2021, eq. 1, towards neighbours as in "
                            + "Dwibedi et al., ICCV 2021",
                    SOLO + "simsiam_loss_func on neighbours",
                    new WholeBatch(
                            Towers.PREDICTED_AND_STOPPED, new NeighbourAsTarget(NegativeCosine.Form.NEGATIVE_COSINE))),
            Recipe.of(
                    "all4one",
                    "Estepa et al., All4One: Symbiotic Neighbour Contrastive Learning via Self-Attention and Redundancy "
                            + "Reduction, ICCV 2023, eq. 1 to 6",
                    SOLO + "nnclr_loss_func of neighbours and of centroids, and the formula of its features",
                    new WholeBatch(new FusedNeighbours(0.2, 0.1, 0.5, 0.5, 5))),
            Recipe.of(
                    "deepcluster-v2",
                    "Caron et al., Unsupervised Learning of Visual Features by Contrasting Cluster Assignments, NeurIPS "
                            + "2020, appendix A",
                    SOLO + "deepclusterv2_loss_func, assigned to the nearest prototype",
                    new WholeBatch(new ClusterCodes(0.1, 0))),
            Recipe.of(
                    "smog",
                    "Pang et al., Unsupervised Visual Representation Learning by Synchronous Momentum Grouping, ECCV 2022, "
                            + "eq. 3 and 4",
                    LIGHTLY + "SMoGPrototypes with cross-entropy",
                    new WholeBatch(Towers.PREDICTED_ONLINE_AND_AVERAGED, new MovedGroups(0.1, 0.99))),
            Recipe.of(
                    "detcon-s",
                    HENAFF,
                    LIGHTLY + "DetConSLoss with the same masks in both views",
                    new WholeBatch(new PooledRegions(0.1, PooledRegions.Sides.SAME))),
            Recipe.of(
                    "detcon-b",
                    HENAFF,
                    LIGHTLY + "DetConBLoss with the same masks in both views",
                    new WholeBatch(Towers.PREDICTED_AND_AVERAGED, new PooledRegions(0.1, PooledRegions.Sides.TARGETS))),
            Recipe.of(
                    "ibot-patch",
                    "Zhou et al., iBOT: Image BERT Pre-Training with Online Tokenizer, ICLR 2022, eq. 2",
                    LIGHTLY + "IBOTPatchLoss",
                    new WholeBatch(Towers.ONLINE_AND_AVERAGED, new CentredPatches(0.1, 0.04, 0.9))),
            Recipe.of(
                    "patch-kernel-alignment",
                    "Kornblith et al., Similarity of Neural Network Representations Revisited, ICML 2019, section 3, between "
                            + "patches",
                    LIGHTLY + "PatchKernelAlignmentLoss",
                    new WholeBatch(Towers.ONLINE_AND_AVERAGED, new PatchKernels())));

    private TeacherRecipes() {}
}
