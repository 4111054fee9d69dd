package io.chiaro.benchmarks.effects;

import io.chiaro.benchmarks.effects.TextBench.Source;
import java.util.List;

/** Claims about texts. */
final class TextClaims {

    static final TextBench SENTENCES = new TextBench("sentences", 150, 64, Source.SENTENCES);
    private static final TextBench INTENTS = new TextBench("intents", 150, 128, Source.INTENTS);
    private static final TextBench TRIPLES = new TextBench("contradictions", 150, 32, Source.CONTRADICTIONS);
    private static final TextBench TUNED = new TextBench(
            "contradictions-tuned", new TextBudget("all-MiniLM-L6-v2", 60, 32, 2e-5), Source.CONTRADICTIONS);
    private static final TextBench SHORTENED =
            new TextBench("entailments-shortened", new TextBudget("all-MiniLM-L6-v2", 100, 64, 2e-5), Source.SHORTENED);
    static final TextBench PAIRS = new TextBench("entailments", 150, 32, Source.ENTAILMENTS);

    static final String TEACHER = "all-MiniLM-L6-v2";
    static final Arm SIMCSE = SENTENCES.arm("simcse");
    private static final Arm MATRYOSHKA = SHORTENED.arm("info-nce").with("matryoshka", "384,128,64,32,16,8");
    private static final Arm CODES = SHORTENED.arm("csr").with("active", "8");
    static final Arm INFO_NCE = PAIRS.arm("info-nce");

    static final Arm TURNS = new TextBench("entailments with mined negatives", 450, 32, Source.MINED)
            .arm("info-nce")
            .with("remine", "1")
            .with("remine-steps", "50");
    static final Arm CROPS = new TextBench("abstracts", 300, 32, Source.ABSTRACTS)
            .arm("moco")
            .with("max-tokens", "128")
            .with("queue", "2048")
            .with("text-views", "crop");
    static final TaskBench TASKS = new TaskBench();
    static final Arm IN_TURN = TASKS.arm(TaskBench.IN_TURN);
    private static final Arm AT_ONCE = TASKS.arm(TaskBench.AT_ONCE);
    static final DomainBench DOMAINS = new DomainBench();
    static final Arm EXPERTS = DOMAINS.arm(DomainBench.EXPERTS);
    private static final Arm SPLADE = new SparseBench().arm("splade");
    private static final Arm SOUP = TASKS.arm(TaskBench.SOUP);
    static final RerankBench RERANK = new RerankBench();

    static final List<Tried> ALL = List.of(
            Claim.of(
                    "simcse",
                    List.of(180),
                    "a sentence under two dropout masks teaches sentence similarity (Gao et al. 2021)",
                    "spearman",
                    SIMCSE,
                    SIMCSE.told("steps", 1).told("learning-rate", 1e-9)),
            Claim.of(
                    "esimcse",
                    List.of(32),
                    "repeating words in one of the two views is better than dropout alone (Wu et al. 2022)",
                    "spearman",
                    SIMCSE.with("text-views", "repetition"),
                    SIMCSE),
            Claim.of(
                    "esimcse-queue",
                    List.of(32),
                    "a queue of sentences that an averaged twin has encoded adds to repetition (Wu et al. 2022)",
                    "spearman",
                    SENTENCES.arm("esimcse"),
                    SIMCSE.with("text-views", "repetition")),
            Claim.of(
                    "esimcse-whole",
                    List.of(32),
                    "repetition and a queue are better than dropout alone (Wu et al. 2022)",
                    "spearman",
                    SENTENCES.arm("esimcse"),
                    SIMCSE),
            Claim.of(
                    "mixcse",
                    List.of(),
                    "a mixture of the positive and another text is a good negative (Zhang et al. 2022)",
                    "spearman",
                    SENTENCES.arm("mixcse"),
                    SIMCSE),
            Claim.of(
                    "noise-negatives",
                    List.of(189),
                    "noise moved to where it hurts most is a good negative (Zhou et al. 2022)",
                    "spearman",
                    SENTENCES.arm("noise-negatives"),
                    SIMCSE),
            Claim.of(
                    "dclr",
                    List.of(189),
                    "noise negatives, and no negatives that a guide finds alike, are better than dropout alone (Zhou et al. 2022)",
                    "spearman",
                    SENTENCES.arm("dclr").with("guide", TEACHER),
                    SIMCSE),
            Claim.of(
                    "dclr-weights",
                    List.of(189),
                    "negatives that a guide finds alike should not count (Zhou et al. 2022)",
                    "spearman",
                    SENTENCES.arm("dclr").with("guide", TEACHER),
                    SENTENCES.arm("noise-negatives")),
            Claim.of(
                    "diffcse",
                    List.of(185),
                    "an embedding that tells which tokens of its text were replaced is a better one (Chuang et al. 2022)",
                    "spearman",
                    SENTENCES.arm("diffcse"),
                    SIMCSE),
            Claim.of(
                    "prom-cse-hinge",
                    List.of(188),
                    "a hinge on the most offending negative adds to InfoNCE (Jiang et al. 2022)",
                    "spearman",
                    TRIPLES.arm("prom-cse"),
                    TRIPLES.arm("info-nce")),
            Claim.of(
                    "prom-cse",
                    List.of(188),
                    "a soft prompt and a hinge do as well as all weights and InfoNCE, and better (Jiang et al. 2022)",
                    "spearman",
                    TUNED.arm("prom-cse").with("soft-prompt", "16").told("learning-rate", 5e-3),
                    TUNED.arm("info-nce")),
            Claim.of(
                    "gist",
                    List.of(),
                    "a guide should mask negatives that are none (Solatorio 2024)",
                    "accuracy",
                    INTENTS.arm("info-nce").with("guide-margin", "0").with("guide", TEACHER),
                    INTENTS.arm("info-nce")),
            Claim.of(
                    "b3",
                    List.of(194),
                    "batches of what a teacher finds alike are better than random ones (Thirukovalluru et al. 2025)",
                    "ndcg@10",
                    INFO_NCE.with("batches", "communities").with("teacher", TEACHER),
                    INFO_NCE),
            Claim.of(
                    "csr-8",
                    List.of(213),
                    "8 numbers of a sparse code find more than the first 8 of a Matryoshka vector (Wen et al. 2025)",
                    "active-8 ndcg@10",
                    "first-8 ndcg@10",
                    CODES,
                    MATRYOSHKA),
            Claim.of(
                    "csr-32",
                    List.of(213),
                    "32 numbers of a sparse code find more than the first 32 of a Matryoshka vector (Wen et al. 2025)",
                    "active-32 ndcg@10",
                    "first-32 ndcg@10",
                    CODES,
                    MATRYOSHKA),
            Claim.of(
                    "csr-8-cut",
                    List.of(213),
                    "8 numbers of a sparse code find more than the first 8 of the vectors that it codes (Wen et al. 2025)",
                    "active-8 ndcg@10",
                    "first-8 ndcg@10",
                    CODES,
                    CODES),
            Claim.of(
                    "csr-32-cut",
                    List.of(213),
                    "32 numbers of a sparse code find more than the first 32 of the vectors that it codes (Wen et al. 2025)",
                    "active-32 ndcg@10",
                    "first-32 ndcg@10",
                    CODES,
                    CODES),
            Claim.of(
                    "mw",
                    List.of(237),
                    "a loss of pairs of scores earns more area under the curve than InfoNCE (MW loss, 2025)",
                    "auc",
                    PAIRS.arm("mw"),
                    INFO_NCE),
            Claim.of(
                    "siglip-learned-bias",
                    List.of(177),
                    "the sigmoid with a bias that is learned serves small batches (Zhai et al. 2023)",
                    "ndcg@10",
                    PAIRS.arm("siglip").with("temperature-policy", "learned-with-bias"),
                    PAIRS.arm("clip").with("temperature-policy", "learned")),
            Claim.of(
                    "siglip-bias-of-the-batch",
                    List.of(177),
                    "its bias should begin at -log(batch - 1) where batches are small",
                    "ndcg@10",
                    PAIRS.arm("siglip")
                            .with("temperature-policy", "learned-with-bias")
                            .with("bias", "-3.434"),
                    PAIRS.arm("siglip").with("temperature-policy", "learned-with-bias")),
            Claim.of(
                    "remine",
                    List.of(193),
                    "hard negatives that give way when they have become easy are better than the same ones always (Li et al. 2024)",
                    "ndcg@10",
                    TURNS,
                    TURNS.with("remine-bound", "0.000001")),
            Claim.noWorse(
                    "tasks-search",
                    List.of(211),
                    "batches of one task each are no worse at search than InfoNCE over both tasks at once (Zhang et al. 2025)",
                    TaskBench.FOUND,
                    IN_TURN,
                    AT_ONCE),
            Claim.noWorse(
                    "tasks-similarity",
                    List.of(211),
                    "nor at similarity (Zhang et al. 2025)",
                    TaskBench.CORRELATION,
                    IN_TURN,
                    AT_ONCE),
            Claim.of(
                    "delta-search",
                    List.of(211),
                    "a merge whose shares follow how far each model has moved is better at search than a uniform one (Zhang et al. 2025)",
                    TaskBench.FOUND,
                    SOUP.with("form", "delta"),
                    SOUP.with("form", "uniform")),
            Claim.of(
                    "delta-similarity",
                    List.of(211),
                    "and better at similarity (Zhang et al. 2025)",
                    TaskBench.CORRELATION,
                    SOUP.with("form", "delta"),
                    SOUP.with("form", "uniform")),
            Claim.of(
                    "experts",
                    List.of(111),
                    "one model with an expert a domain is better than one that is dense (Hallee et al. 2024)",
                    DomainBench.FOUND,
                    EXPERTS,
                    DOMAINS.arm(DomainBench.DENSE)),
            Claim.noWorse(
                    "experts-apart",
                    List.of(111),
                    "and no worse than a model for each domain (Hallee et al. 2024)",
                    DomainBench.FOUND,
                    EXPERTS,
                    DOMAINS.arm(DomainBench.APART)),
            Claim.of(
                    "sparse-temperature",
                    List.of(),
                    "after a lexical start a sparse encoder learns more at temperature 5 than at 1, since its products are tens",
                    SparseBench.FOUND,
                    SPLADE.with("temperature", "5"),
                    SPLADE.with("temperature", "1")),
            Claim.of(
                    "sparse-learns",
                    List.of(),
                    "and more than the start knows",
                    SparseBench.FOUND,
                    SPLADE.with("temperature", "5"),
                    SPLADE.told("steps", 1).told("learning-rate", 1e-12)),
            Claim.of(
                    "pointwise-reranker",
                    List.of(16),
                    "a reranker learns more from yes and no of each candidate than from contrast within its list (2025)",
                    RerankBench.PRECISION,
                    RERANK.arm("cross-encoder").with("loss", "pointwise"),
                    RERANK.arm("cross-encoder").with("loss", "contrastive")));

    private TextClaims() {}
}
