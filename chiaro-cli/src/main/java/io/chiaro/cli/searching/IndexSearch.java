package io.chiaro.cli.searching;

import io.chiaro.cli.opening.Models;
import io.chiaro.core.ChiaroException;
import io.chiaro.model.Embedder;
import io.chiaro.model.Hit;
import io.chiaro.model.MixingWeight;
import io.chiaro.model.Ranker;
import io.chiaro.model.SparseVector;
import io.chiaro.model.TextRole;
import io.chiaro.model.TokenSparseEmbedder;
import io.chiaro.search.Bm25;
import io.chiaro.search.Fusion;
import io.chiaro.search.HitExplanation;
import io.chiaro.search.HybridRanker;
import io.chiaro.search.HybridShares;
import io.chiaro.search.SparseModel;
import io.chiaro.search.TextHit;
import io.chiaro.search.TextIndex;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * An index with the models that its questions need: what a search of it finds, and why. Closing closes the models; the index stays with
 * the caller. For one thread at a time.
 *
 * @param embedder the model that filled the index, where vectors are asked for
 * @param weighing its sparse model, where weights of tokens are asked for
 */
public record IndexSearch(
        TextIndex index,
        SearchBy by,
        Optional<Embedder> embedder,
        Optional<TokenSparseEmbedder> weighing,
        Fusion fusion,
        HybridShares shares)
        implements Ranker {

    /** Documents of a query that a weight is chosen by. */
    private static final int WEIGHED_DEPTH = 100;

    /** A query as the sides of a search take it. */
    private record Question(String text, float[] vector, Optional<SparseVector> weights) {}

    /**
     * Opens the models that are needed.
     *
     * @param model where the model that filled the index is now, if it moved
     * @param explains whether hits are explained, which takes vectors whatever is searched by
     * @throws ChiaroException if a model is not there or is another than the index was filled with
     */
    public static IndexSearch open(
            TextIndex index, SearchOptions asked, Optional<String> model, boolean explains, int threads) {
        boolean compares = explains || asked.by() == SearchBy.VECTORS || asked.by() == SearchBy.HYBRID;
        Optional<Embedder> embedder = compares
                ? Optional.of(Models.open(model.orElse(index.description().modelName()), threads))
                : Optional.empty();
        Optional<TokenSparseEmbedder> weighing = Optional.empty();
        try {
            embedder.ifPresent(opened -> index.refuseOther(opened.description()));
            if (asked.weighsTokens()) {
                weighing = Optional.of(Models.openSparse("--sparse", sparse(index, asked), threads));
                index.refuseOtherSparse(weighing.get().description());
            }
            return new IndexSearch(
                    index,
                    asked.by(),
                    embedder,
                    weighing,
                    asked.fusion().map(Fusion::named).orElse(Fusion.SCORES),
                    HybridShares.of(
                            asked.vectorWeight().orElse(HybridRanker.EVEN),
                            asked.sparseWeight().orElse(0.0)));
        } catch (RuntimeException e) {
            embedder.ifPresent(Embedder::close);
            weighing.ifPresent(TokenSparseEmbedder::close);
            throw e;
        }
    }

    private static String sparse(TextIndex index, SearchOptions asked) {
        return asked.sparse()
                .or(() -> index.description().sparse().map(SparseModel::name))
                .orElseThrow(() -> ChiaroException.model(
                        "--sparse: expected an index with weights of tokens, but found one without. Write it again with chiaro"
                                + " index --sparse."));
    }

    /** The best documents for a query, best first. */
    public List<TextHit> hits(String query, int k) {
        return switch (by) {
            case WORDS -> index.searchWords(query, k);
            case SPARSE -> index.searchSparse(query, weighing.orElseThrow(), k);
            case VECTORS -> index.search(query, embedder.orElseThrow(), k);
            case HYBRID -> fused(question(query), shares, k);
        };
    }

    private Question question(String query) {
        return new Question(
                query,
                embedder.orElseThrow().embed(List.of(query), TextRole.QUERY)[0],
                weighing.map(model -> model.embed(List.of(query)).get(0)));
    }

    private List<TextHit> fused(Question asked, HybridShares weights, int k) {
        return asked.weights().isPresent()
                ? index.searchHybrid(
                        asked.text(), asked.vector(), asked.weights().get(), fusion, weights, k)
                : index.searchHybrid(asked.text(), asked.vector(), fusion, weights.vectors(), k);
    }

    /** Why documents stand where they stand for a query, by their ids. */
    Function<String, HitExplanation> explaining(String query, int neighbours) {
        Question asked = question(query);
        return id -> index.explain(id, query, asked.vector(), asked.weights(), fusion, shares, neighbours)
                .orElseThrow();
    }

    /**
     * The same hybrid search with the share of the vectors, in what the sparse vectors leave, that serves judged queries best
     * ({@link MixingWeight}).
     *
     * @param queries texts by query id
     * @param judgments grades by document id, by query id
     */
    public IndexSearch weighedBy(Map<String, String> queries, Map<String, Map<String, Integer>> judgments) {
        double chosen = MixingWeight.chosen(queries, judgments, text -> {
            Question asked = question(text);
            return weight -> bare(fused(asked, HybridShares.of(weight, shares.sparse()), WEIGHED_DEPTH));
        });
        return new IndexSearch(index, by, embedder, weighing, fusion, HybridShares.of(chosen, shares.sparse()));
    }

    @Override
    public List<Hit> rank(String query, int depth) {
        return bare(hits(query, depth));
    }

    private static List<Hit> bare(List<TextHit> hits) {
        return hits.stream().map(TextHit::bare).toList();
    }

    @Override
    public String name() {
        return switch (by) {
            case WORDS -> Bm25.NAME;
            case SPARSE -> nameOfTokens();
            case VECTORS -> index.description().modelName();
            case HYBRID ->
                Bm25.NAME + " + " + index.description().modelName()
                        + (weighing.isPresent() ? " + " + nameOfTokens() : "");
        };
    }

    private String nameOfTokens() {
        return weighing.orElseThrow().description().name();
    }

    @Override
    public String description() {
        return switch (by) {
            case WORDS -> Bm25.rule(index.description().language());
            case SPARSE -> byTokens();
            case VECTORS -> byVectors();
            case HYBRID ->
                Bm25.rule(index.description().language()) + " with " + byVectors()
                        + weighing.map(model -> " and " + byTokens()).orElse("") + ", fused by " + fusion.words()
                        + ", shares " + shown(shares.words()) + ", " + shown(shares.vectors())
                        + (weighing.isPresent() ? " and " + shown(shares.sparse()) : "");
        };
    }

    /** A share without the last digits of its arithmetic. */
    private static String shown(double share) {
        return String.valueOf(Math.round(share * 1000) / 1000.0);
    }

    private String byVectors() {
        return index.ranker(embedder.orElseThrow()).description();
    }

    private String byTokens() {
        return nameOfTokens() + ", sparse vectors of the index, product, exact";
    }

    @Override
    public void close() {
        embedder.ifPresent(Embedder::close);
        weighing.ifPresent(TokenSparseEmbedder::close);
    }
}
