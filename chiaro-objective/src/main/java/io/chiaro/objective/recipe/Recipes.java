package io.chiaro.objective.recipe;

import io.chiaro.core.ChiaroException;
import io.chiaro.core.Names;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** All recipes, by name. */
public final class Recipes {

    private static final String REFERENCE = "sentence-transformers 6.2.0 ";

    private static final List<Recipe> TEXT = List.of(
            inBatch(
                    "info-nce",
                    List.of("multiple-negatives-ranking"),
                    "Henderson et al., Efficient Natural Language Response Suggestion for Smart Reply, 2017, section 4.4; "
                            + "van den Oord, Li and Vinyals, Representation Learning with Contrastive Predictive Coding, "
                            + "2018, eq. 4",
                    "MultipleNegativesRankingLoss",
                    Map.of()),
            inBatch(
                    "symmetric-info-nce",
                    List.of("multiple-negatives-symmetric-ranking", "contrastive-tension-in-batch-negatives"),
                    "Radford et al., Learning Transferable Visual Models From Natural Language Supervision, ICML 2021, "
                            + "figure 3",
                    "MultipleNegativesRankingLoss(directions=(query_to_doc, doc_to_query), partition_mode=per_direction)",
                    Map.of("directions", "query-to-doc,doc-to-query", "partition", "per-direction")),
            inBatch(
                    "gte",
                    List.of(),
                    "Li et al., Towards General Text Embeddings with Multi-stage Contrastive Learning, 2023, section 3.3",
                    "MultipleNegativesRankingLoss(all four directions, partition_mode=joint)",
                    Map.of("directions", "query-to-doc,query-to-query,doc-to-query,doc-to-doc")),
            inBatch(
                    "gist",
                    List.of(),
                    "Solatorio, GISTEmbed: Guided In-sample Selection of Training Negatives, 2024, section 3",
                    "GISTEmbedLoss",
                    Map.of(
                            "directions",
                            "query-to-doc,query-to-query,positive-to-positive",
                            "guide-margin",
                            "0",
                            "scale",
                            "100")),
            inBatch(
                    "simcse",
                    List.of(),
                    "Gao, Yao and Chen, SimCSE: Simple Contrastive Learning of Sentence Embeddings, EMNLP 2021, eq. 4",
                    "MultipleNegativesRankingLoss on pairs of a text with itself",
                    Map.of("views", "dropout")),
            aligned(
                    "triplet",
                    "Schroff, Kalenichenko and Philbin, FaceNet, CVPR 2015, eq. 3; Reimers and Gurevych, Sentence-BERT, "
                            + "EMNLP 2019, section 3",
                    "TripletLoss",
                    Map.of(
                            "supervision",
                            "same-item",
                            "similarity",
                            "negative-distance",
                            "divergence",
                            "hinge",
                            "margin",
                            "5")),
            aligned(
                    "cosent",
                    "Huang et al., CoSENT: Consistent Sentence Embedding via Similarity Ranking, IEEE/ACM TASLP 2024, eq. 6",
                    "CoSENTLoss",
                    Map.of("supervision", "gold-scores", "scale", "20", "divergence", "ordered-pairs")),
            aligned(
                    "angle",
                    "Li and Li, AoE: Angle-optimized Embeddings for Semantic Textual Similarity, ACL 2024, section 3.3",
                    "AnglELoss",
                    Map.of(
                            "supervision",
                            "gold-scores",
                            "similarity",
                            "angle",
                            "scale",
                            "20",
                            "divergence",
                            "ordered-pairs")),
            aligned(
                    "cosine-regression",
                    "Reimers and Gurevych, Sentence-BERT, EMNLP 2019, section 3",
                    "CosineSimilarityLoss",
                    Map.of("supervision", "gold-scores", "divergence", "squared-error")),
            aligned(
                    "margin-mse",
                    "Hofstaetter et al., Improving Efficient Neural Ranking Models with Cross-Architecture Knowledge "
                            + "Distillation, 2020, eq. 5",
                    "MarginMSELoss",
                    Map.of("supervision", "teacher-margins", "similarity", "dot", "divergence", "squared-margin")),
            aligned(
                    "kl-distillation",
                    "Hinton, Vinyals and Dean, Distilling the Knowledge in a Neural Network, 2015, section 2; Lin, Yang and "
                            + "Lin, Distilling Dense Representations for Ranking using Tightly-Coupled Teachers, 2020",
                    "DistillKLDivLoss",
                    Map.of(
                            "supervision",
                            "teacher-softmax",
                            "teacher-temperature",
                            "1",
                            "similarity",
                            "dot",
                            "divergence",
                            "kullback-leibler")));

    private static final List<Recipe> ALL = Stream.of(
                    TEXT,
                    SoftmaxRecipes.ALL,
                    MetricRecipes.ALL,
                    MinedRecipes.ALL,
                    PastRecipes.ALL,
                    PairRecipes.ALL,
                    RankingRecipes.ALL,
                    ClassRecipes.ALL,
                    FeatureRecipes.ALL,
                    TeacherRecipes.ALL,
                    PatchRecipes.ALL,
                    RegulariserRecipes.ALL,
                    PerItemRecipes.ALL,
                    SyntheticRecipes.ALL,
                    SentenceRecipes.ALL,
                    KernelRecipes.ALL,
                    HardnessRecipes.ALL,
                    DegreeRecipes.ALL,
                    HeadRecipes.ALL)
            .flatMap(List::stream)
            .toList();

    private Recipes() {}

    private static Recipe inBatch(
            String name, List<String> aliases, String paper, String reference, Map<String, String> choices) {
        Map<String, String> slots = new LinkedHashMap<>();
        slots.put("views", "columns");
        slots.put("pairing", "in-batch");
        slots.put("directions", "query-to-doc");
        slots.put("partition", "joint");
        slots.put("guide-margin", "none");
        slots.put("guide-form", "absolute");
        slots.put("supervision", "same-item");
        slots.put("similarity", "cosine");
        slots.put("scale", "20");
        slots.put("temperature-policy", "fixed");
        slots.put("weights", "none");
        slots.put("divergence", "cross-entropy");
        return filled(name, aliases, paper, reference, slots, choices);
    }

    private static Recipe aligned(String name, String paper, String reference, Map<String, String> choices) {
        Map<String, String> slots = new LinkedHashMap<>();
        slots.put("views", "columns");
        slots.put("pairing", "aligned");
        slots.put("supervision", "");
        if (choices.containsKey("teacher-temperature")) {
            slots.put("teacher-temperature", "");
        }
        slots.put("similarity", "cosine");
        slots.put("scale", "1");
        slots.put("weights", "none");
        slots.put("divergence", "");
        if (choices.containsKey("margin")) {
            slots.put("margin", "");
        }
        return filled(name, List.of(), paper, reference, slots, choices);
    }

    private static Recipe filled(
            String name,
            List<String> aliases,
            String paper,
            String reference,
            Map<String, String> slots,
            Map<String, String> choices) {
        choices.forEach((slot, value) -> {
            if (slots.replace(slot, value) == null) {
                throw new IllegalStateException("Recipes: " + name + " fills the unknown slot " + slot);
            }
        });
        slots.put("matryoshka", "none");
        slots.put("matryoshka-weights", "even");
        return new Recipe(name, aliases, paper, REFERENCE + reference, slots, Map.of(), null);
    }

    /** The names, without aliases. */
    public static List<String> names() {
        return ALL.stream().map(Recipe::name).toList();
    }

    /** Every recipe. */
    public static List<Recipe> all() {
        return ALL;
    }

    /**
     * The recipe of a name or alias.
     *
     * @throws ChiaroException naming the nearest valid name
     */
    public static Recipe named(String name) {
        List<String> valid = new ArrayList<>();
        for (Recipe recipe : ALL) {
            if (recipe.name().equals(name) || recipe.aliases().contains(name)) {
                return recipe;
            }
            valid.add(recipe.name());
            valid.addAll(recipe.aliases());
        }
        throw ChiaroException.usage("recipe: unknown name \"" + name + "\". " + Names.hint(name, valid));
    }
}
