package io.chiaro.objective.recipe;

import static io.chiaro.objective.Similarity.Kind.COSINE;
import static io.chiaro.objective.Similarity.Kind.UNIT_NEGATIVE_DISTANCE;
import static io.chiaro.objective.Similarity.Kind.UNIT_NEGATIVE_SQUARED_DISTANCE;

import io.chiaro.objective.Contrast;
import io.chiaro.objective.Pairing;
import io.chiaro.objective.RowDivergence;
import io.chiaro.objective.Similarity;
import io.chiaro.objective.Supervision;
import io.chiaro.objective.WholeBatch;
import io.chiaro.objective.ranking.FastAveragePrecision;
import io.chiaro.objective.ranking.NegativesBefore;
import io.chiaro.objective.ranking.OverlapOfHistograms;
import io.chiaro.objective.ranking.RankedList;
import io.chiaro.objective.ranking.SmoothAveragePrecision;
import java.util.List;

/** Recipes that order an anchor's candidates. */
final class RankingRecipes {

    private static final String LIBRARY = "pytorch-metric-learning 2.9.0 ";

    static final List<Recipe> ALL = List.of(
            Recipe.of(
                    "fast-ap",
                    "Cakir et al., Deep Metric Learning to Rank, CVPR 2019, eq. 9",
                    LIBRARY + "FastAPLoss",
                    among(UNIT_NEGATIVE_SQUARED_DISTANCE, new FastAveragePrecision(10))),
            Recipe.of(
                    "smooth-ap",
                    "Brown et al., Smooth-AP: Smoothing the Path Towards Large-Scale Image Retrieval, ECCV 2020, eq. 4",
                    LIBRARY + "SmoothAPLoss on as many classes as each has members, one after another",
                    among(COSINE, new SmoothAveragePrecision(0.01))),
            Recipe.of(
                    "pnp",
                    "Li et al., Rethinking the Optimization of Average Precision: Only Penalizing Negative Instances before "
                            + "Positive Ones is Enough, AAAI 2022, eq. 6",
                    LIBRARY + "PNPLoss",
                    among(COSINE, new NegativesBefore(NegativesBefore.Variant.O, 0.01, 2, 1))),
            Recipe.of(
                    "ranked-list",
                    "Wang et al., Ranked List Loss for Deep Metric Learning, CVPR 2019, eq. 8",
                    LIBRARY + "RankedListLoss",
                    among(UNIT_NEGATIVE_DISTANCE, new RankedList(0.4, 1.2, 0, 10, 0.5))),
            Recipe.of(
                    "histogram",
                    "Ustinova and Lempitsky, Learning Deep Embeddings with Histogram Loss, NIPS 2016, eq. 5",
                    LIBRARY + "HistogramLoss",
                    new WholeBatch(new OverlapOfHistograms(100))));

    private RankingRecipes() {}

    private static Contrast among(Similarity.Kind kind, RowDivergence divergence) {
        return SoftmaxRecipes.contrast(
                Pairing.Among.BATCH, Supervision.sameLabel(), new Similarity(kind, 1), divergence);
    }
}
