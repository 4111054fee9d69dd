package io.chiaro.objective.recipe;

import io.chiaro.objective.WholeBatch;
import io.chiaro.objective.regulariser.EvenLengths;
import io.chiaro.objective.regulariser.LengthPenalty;
import io.chiaro.objective.regulariser.MeanActivations;
import io.chiaro.objective.regulariser.MergedCentres;
import io.chiaro.objective.regulariser.NearestApart;
import io.chiaro.objective.regulariser.SpreadOut;
import io.chiaro.objective.regulariser.ZeroSum;
import java.util.List;

/** Recipes that ask something of rows alone. */
final class RegulariserRecipes {

    private static final String LIBRARY = "pytorch-metric-learning 2.9.0 ";
    private static final String TEXT = "sentence-transformers 6.2.0 ";

    static final List<Recipe> ALL = List.of(
            Recipe.of(
                    "lp",
                    "Sohn, Improved Deep Metric Learning with Multi-class N-pair Loss Objective, NIPS 2016, section 3.2.2",
                    LIBRARY + "LpRegularizer",
                    new WholeBatch(new LengthPenalty(2, 1))),
            Recipe.of("zero-mean", "no paper", LIBRARY + "ZeroMeanRegularizer", new WholeBatch(new ZeroSum())),
            Recipe.of(
                    "center-invariant",
                    "Wu et al., Deep Face Recognition with Center Invariant Loss, ACM Multimedia Workshops 2017, eq. 5",
                    LIBRARY + "CenterInvariantRegularizer",
                    new WholeBatch(new EvenLengths())),
            Recipe.of(
                    "regular-face",
                    "Zhao et al., RegularFace: Deep Face Recognition via Exclusive Regularization, CVPR 2019, eq. 5",
                    LIBRARY + "RegularFaceRegularizer",
                    new WholeBatch(new NearestApart())),
            Recipe.of(
                    "sparse-centers",
                    "Qian et al., SoftTriple Loss: Deep Metric Learning Without Triplet Sampling, ICCV 2019, eq. 9",
                    LIBRARY + "SparseCentersRegularizer",
                    new WholeBatch(new MergedCentres(1e-12))),
            Recipe.of(
                    "global-orthogonal-regularization",
                    "Zhang et al., Learning Spread-out Local Feature Descriptors, ICCV 2017, eq. 6",
                    TEXT + "GlobalOrthogonalRegularizationLoss, both parts added",
                    new WholeBatch(new SpreadOut(1, 1))),
            Recipe.of(
                    "flops",
                    "Paria et al., Minimizing FLOPs to Learn Efficient Sparse Representations, ICLR 2020, eq. 4",
                    TEXT + "FlopsLoss",
                    new WholeBatch(new MeanActivations())));

    private RegulariserRecipes() {}
}
