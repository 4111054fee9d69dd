package io.chiaro.cli.recipes;

import io.chiaro.text.ScorerTraining;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * A recipe of {@code fit} that is no objective on embeddings: it predicts tokens, or makes a model that scores texts itself. It stands in no
 * cell of the table and is not evaluated on arrays.
 *
 * @param name kebab case
 * @param aliases other names for the same
 * @param paper authors, title and year
 * @param value what is made small
 * @param losses by {@code --set loss=NAME}; none where there is one only
 */
record Training(String name, List<String> aliases, String paper, String value, List<String> losses) {

    static final List<Training> ALL = List.of(
            new Training(
                    "masked-language-model",
                    List.of("mlm"),
                    "Devlin et al., BERT: Pre-training of Deep Bidirectional Transformers for Language Understanding, NAACL 2019, "
                            + "section 3.1",
                    "mean over masked tokens of -log p(token | the text without them)",
                    List.of()),
            new Training(
                    "tsdae",
                    List.of(),
                    "Wang, Reimers and Gurevych, TSDAE: Using Transformer-based Sequential Denoising Auto-Encoder for Unsupervised "
                            + "Sentence Embedding Learning, Findings of EMNLP 2021, section 3",
                    "mean over tokens of -log p(token | those before it, the embedding of the text with most tokens deleted)",
                    List.of()),
            new Training(
                    "cross-encoder",
                    List.of(),
                    "Nogueira and Cho, Passage Re-ranking with BERT, 2019, and the papers of its losses",
                    "a loss of the scores of lists of candidates, or of the logits of pairs",
                    ScorerTraining.losses(ScorerTraining.CROSS_ENCODER)),
            new Training(
                    "late-interaction",
                    List.of(),
                    "Khattab and Zaharia, ColBERT: Efficient and Effective Passage Search via Contextualized Late Interaction over BERT, "
                            + "SIGIR 2020, section 3",
                    "a contrast of sums over query tokens of the largest cosine with a document token",
                    ScorerTraining.losses(ScorerTraining.LATE_INTERACTION)),
            new Training(
                    "splade",
                    List.of(),
                    "Formal, Piwowarski and Clinchant, SPLADE: Sparse Lexical and Expansion Model for First Stage Ranking, SIGIR 2021, "
                            + "section 3",
                    "a contrast of products of weights of the vocabulary's tokens, or a comparison of their cosines with scores, and FLOPS of queries and documents",
                    ScorerTraining.losses(ScorerTraining.SPLADE)));

    /** One by its name. */
    static Optional<Training> named(String name) {
        return ALL.stream()
                .filter(training -> training.name.equals(name) || training.aliases.contains(name))
                .findFirst();
    }

    boolean holds(String sought) {
        return card().toLowerCase(Locale.ROOT).contains(sought);
    }

    /** For people to read, a line each. */
    String card() {
        return name + (aliases.isEmpty() ? "" : " (also " + String.join(", ", aliases) + ")")
                + "\n  paper      " + paper
                + "\n  value      " + value
                + (losses.isEmpty() ? "" : "\n  loss       one of " + String.join(", ", losses))
                + "\n  in a run   alone: fit --recipe " + name;
    }

    Map<String, Object> document() {
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("name", name);
        document.put("aliases", aliases);
        document.put("paper", paper);
        document.put("value", value);
        document.put("losses", losses);
        return document;
    }
}
