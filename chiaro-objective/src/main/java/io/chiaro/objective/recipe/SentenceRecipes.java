package io.chiaro.objective.recipe;

import io.chiaro.objective.Pairing;
import io.chiaro.objective.Towers;
import io.chiaro.objective.ViewSource;
import io.chiaro.objective.Weights;
import io.chiaro.objective.WholeBatch;
import io.chiaro.objective.ranking.PearsonDistance;
import io.chiaro.objective.ranking.PreferenceRanking;
import io.chiaro.objective.ranking.RankDistribution;
import io.chiaro.objective.ranking.ScoreOrder;
import io.chiaro.objective.softmax.EnergyHinge;
import io.chiaro.objective.softmax.OwnBank;
import io.chiaro.objective.softmax.PositiveSoftmax;
import io.chiaro.objective.softmax.PositiveSoftmax.Denominator;
import io.chiaro.objective.softmax.PositiveSoftmax.Share;
import io.chiaro.objective.synthetic.NoiseNegatives;
import java.util.List;

/** Recipes for embeddings of sentences. */
final class SentenceRecipes {

    private static final String NONE = "no-reference";

    private static final String CODIEMB = "Zhang et al., CoDiEmb: A Collaborative yet Distinct Framework for Unified "
            + "Representation Learning in Information Retrieval and Semantic Textual Similarity, 2025, ";

    static final List<Recipe> ALL = List.of(
            Recipe.of(
                            "esimcse",
                            "Wu et al., ESimCSE: Enhanced Sample Building Method for Contrastive Learning of Unsupervised Sentence "
                                    + "Embedding, COLING 2022, section 3",
                            NONE,
                            SoftmaxRecipes.item(
                                            Pairing.Among.CROSS_AND_QUEUE,
                                            0.05,
                                            new PositiveSoftmax(Share.MEAN_OF_LOGS, Denominator.CANDIDATES))
                                    .withViews(ViewSource.DROPOUT))
                    .usually("text-views", "repetition")
                    .usually("queue", "2.5x")
                    .usually("momentum", "0.995"),
            Recipe.of(
                            "diffcse",
                            "Chuang et al., DiffCSE: Difference-based Contrastive Learning for Sentence Embeddings, NAACL 2022, "
                                    + "section 3; the contrast, beside which a run has the term",
                            NONE,
                            SoftmaxRecipes.item(
                                            Pairing.Among.CROSS,
                                            0.05,
                                            new PositiveSoftmax(Share.MEAN_OF_LOGS, Denominator.CANDIDATES))
                                    .withViews(ViewSource.DROPOUT))
                    .usually("auxiliary", "replaced-token-detection"),
            Recipe.of(
                            "co-ca",
                            "Yu et al., CoCa: Contrastive Captioners are Image-Text Foundation Models, TMLR 2022, eq. 1 to 4; the "
                                    + "contrast, beside which a run of texts has the term",
                            "open_clip_torch 3.3.0 CoCaLoss, its contrast",
                            SoftmaxRecipes.item(
                                    Pairing.Among.CROSS_BOTH,
                                    0.07,
                                    new PositiveSoftmax(Share.MEAN_OF_LOGS, Denominator.CANDIDATES)))
                    .usually("auxiliary", "captioning"),
            Recipe.of(
                    "prom-cse",
                    "Jiang, Zhang and Wang, Improved Universal Sentence Embeddings with Prompt-based Contrastive Learning and "
                            + "Energy-based Learning, Findings of EMNLP 2022, section 3.2; its prompt is the setting soft-prompt",
                    NONE,
                    new WholeBatch(new EnergyHinge(0.05, 0.2, 10))),
            Recipe.of(
                    "dclr",
                    "Zhou et al., Debiased Contrastive Learning of Unsupervised Sentence Representations, ACL 2022, sections "
                            + "3.2 and 3.3",
                    NONE,
                    SoftmaxRecipes.item(
                                    Pairing.Among.CROSS,
                                    0.05,
                                    new PositiveSoftmax(Share.MEAN_OF_LOGS, Denominator.CANDIDATES))
                            .withViews(ViewSource.DROPOUT)
                            .withSynthetic(new NoiseNegatives(1, 4, 0.5))
                            .withWeights(new Weights.GuideBelow(0.9))),
            Recipe.of(
                    "language-banks",
                    "Wu et al., Unsupervised Context Aware Sentence Representation Pretraining for Multi-lingual Dense "
                            + "Retrieval, IJCAI 2022, the language-specific memory bank",
                    NONE,
                    new WholeBatch(Towers.ONLINE_AND_AVERAGED, new OwnBank(0.05))),
            Recipe.of(
                    "pearson",
                    CODIEMB + "the correlation loss for similarity",
                    NONE,
                    new WholeBatch(new PearsonDistance())),
            Recipe.of(
                    "rank-distribution",
                    CODIEMB + "the rank divergence for similarity",
                    NONE,
                    new WholeBatch(new RankDistribution(0.05))),
            Recipe.of(
                    "preference-ranking",
                    "Song et al., Preference Ranking Optimization for Human Alignment, AAAI 2024, eq. 7; for pairs of texts: "
                            + CODIEMB
                            + "the preference loss for similarity",
                    NONE,
                    new WholeBatch(new PreferenceRanking(0.05))),
            Recipe.of(
                    "codiemb-similarity",
                    CODIEMB + "the sum of the three for similarity",
                    NONE,
                    new WholeBatch(new ScoreOrder(0.05, 2, 5, 0.5))));

    private SentenceRecipes() {}
}
