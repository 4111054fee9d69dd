package io.chiaro.objective.recipe;

import io.chiaro.objective.Towers;
import io.chiaro.objective.WholeBatch;
import io.chiaro.objective.feature.LocalMatches;
import io.chiaro.objective.feature.MaskedAndVisiblePatches;
import io.chiaro.objective.feature.PositionwiseCodes;
import io.chiaro.objective.regulariser.DenseStructure;
import java.util.List;

/** Recipes of dense encoders, whose rows are the patches of pictures. */
final class PatchRecipes {

    private static final String LIGHTLY = "lightly 1.6.0 ";

    static final List<Recipe> ALL = List.of(
            Recipe.of(
                    "vicregl",
                    "Bardes, Ponce and LeCun, VICRegL: Self-Supervised Learning of Local Visual Features, NeurIPS 2022, eq. 4 "
                            + "to 6",
                    LIGHTLY + "VICRegLLoss",
                    new WholeBatch(new LocalMatches(25, 25, 1, 0.75, 20, 4, 1e-4))),
            Recipe.of(
                    "capi",
                    "Darcet et al., Cluster and Predict Latent Patches for Improved Masked Image Modeling, 2025, section 3.2",
                    LIGHTLY + "CAPILoss",
                    new WholeBatch(Towers.ONLINE_AND_AVERAGED, new PositionwiseCodes(0.12, 0.06, 3))),
            Recipe.of(
                    "ibot-plus-plus",
                    "TIPSv2, 2026, on Zhou et al., iBOT: Image BERT Pre-Training with Online Tokenizer, ICLR 2022, eq. 2",
                    LIGHTLY + "IBOTPlusPlusPatchLoss",
                    new WholeBatch(Towers.ONLINE_AND_AVERAGED, new MaskedAndVisiblePatches(0.1, 0.04, 0.9, 1))),
            Recipe.of(
                    "dense-structure",
                    "Exploring Structural Degradation in Dense Representations for Self-supervised Learning, 2025, as a "
                            + "regulariser",
                    LIGHTLY + "DSERegularizer, with clusters that begin with the farthest rows",
                    new WholeBatch(new DenseStructure(1, 3, 24, 20, 1e-4, true)),
                    "dse"));

    private PatchRecipes() {}
}
