package io.chiaro.cli;

import io.chiaro.cli.console.Output;
import io.chiaro.cli.judging.Models;
import io.chiaro.cli.quickstart.QuietLucene;
import io.chiaro.core.ChiaroException;
import io.chiaro.model.Embedder;
import io.chiaro.model.Hit;
import io.chiaro.model.RerankedRanker;
import io.chiaro.model.Reranker;
import io.chiaro.model.SparseEmbedder;
import io.chiaro.search.FacetCount;
import io.chiaro.search.Fusion;
import io.chiaro.search.HybridRanker;
import io.chiaro.search.HybridShares;
import io.chiaro.search.Passage;
import io.chiaro.search.SparseModel;
import io.chiaro.search.TextHit;
import io.chiaro.search.TextIndex;
import io.chiaro.search.filter.Filter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/** Searches indexes. */
final class Searching {

    private static final int LONGEST_LINE = 200;
    private static final int PASSAGES = 3;
    private static final int FACET_VALUES = 10;

    private Searching() {}

    /** Searches, says the hits, and returns them as one document. */
    static Object search(Output output, SearchCommand told, int threads) {
        QuietLucene.apply();
        Filter filter = told.filter == null ? Filter.EVERYTHING : Filter.parse("--filter", told.filter);
        try (TextIndex whole = TextIndex.open(told.index);
                TextIndex index = whole.where(filter)) {
            index.graphs().faults().forEach(output::note);
            List<TextHit> hits = reranked(told, hits(index, told, threads), threads);
            List<Object> shown = new ArrayList<>();
            for (TextHit hit : hits) {
                output.say(String.format(Locale.ROOT, "%.4f  %s", hit.score(), line(hit)));
                Map<String, Object> plain = hit.plain();
                if (told.highlight) {
                    List<Passage> passages = index.passages(told.query, hit.text(), PASSAGES);
                    passages.forEach(passage -> output.say("        " + marked(passage)));
                    plain.put("passages", passages);
                }
                shown.add(plain);
            }
            if (hits.isEmpty()) {
                output.say(nothing(told, filter));
            }
            Map<String, Object> document = new LinkedHashMap<>();
            document.put("hits", shown);
            if (!told.facets.isEmpty()) {
                document.put("facets", facets(output, told, index));
            }
            return document;
        }
    }

    private static String nothing(SearchCommand told, Filter filter) {
        String held = filter.equals(Filter.EVERYTHING) ? "" : " that meets the filter";
        return switch (told.by) {
            case "words" -> "nothing found: no document" + held + " has a word of the query";
            case "sparse" -> "nothing found: no document" + held + " has a token of the query";
            default -> "nothing found: the index has no document" + held;
        };
    }

    private static Map<String, List<FacetCount>> facets(Output output, SearchCommand told, TextIndex index) {
        Optional<String> counted = told.by.equals("words") ? Optional.of(told.query) : Optional.empty();
        Map<String, List<FacetCount>> facets = index.facets(counted, told.facets, FACET_VALUES);
        facets.forEach((name, counts) -> output.say(name + ": "
                + counts.stream()
                        .map(count -> count.value() + " (" + count.documents() + ")")
                        .collect(Collectors.joining(", "))));
        return facets;
    }

    /** As in plain text that is marked up: stars around what matches. */
    private static String marked(Passage passage) {
        return passage.pieces().stream()
                .map(piece -> piece.match() ? "*" + piece.text() + "*" : piece.text())
                .collect(Collectors.joining())
                .replaceAll("\\s+", " ")
                .strip();
    }

    /** The best of what was found, in the order of a reranker if one is asked for. */
    private static List<TextHit> reranked(SearchCommand told, List<TextHit> found, int threads) {
        if (told.reranking.rerank == null) {
            return found;
        }
        Map<String, TextHit> byId = new LinkedHashMap<>();
        found.forEach(hit -> byId.put(hit.id(), hit));
        List<Hit> bare =
                found.stream().map(hit -> new Hit(hit.id(), hit.score())).toList();
        try (Reranker reranker = Models.openReranker("--rerank", told.reranking.rerank, threads)) {
            UnaryOperator<String> text =
                    id -> Objects.requireNonNull(byId.get(id)).text();
            return RerankedRanker.Scored.of(told.query, bare, reranker, text, told.reranking.depth())
                    .order(told.reranking.weight().orElse(RerankedRanker.ALONE))
                    .stream()
                    .limit(told.k)
                    .map(hit -> Objects.requireNonNull(byId.get(hit.id())).withScore(hit.score()))
                    .toList();
        }
    }

    private static List<TextHit> hits(TextIndex index, SearchCommand told, int threads) {
        int k = told.reranking.rerank == null ? told.k : Math.max(told.k, told.reranking.depth());
        if (told.by.equals("words")) {
            return index.searchWords(told.query, k);
        }
        if (told.by.equals("sparse")) {
            try (SparseEmbedder sparse = sparse(index, told, threads)) {
                return index.searchSparse(told.query, sparse, k);
            }
        }
        String model = told.model == null ? index.description().modelName() : told.model;
        try (Embedder embedder = Models.open(model, threads)) {
            if (told.by.equals("vectors")) {
                return index.search(told.query, embedder, k);
            }
            Fusion fusion = told.fusion == null ? Fusion.SCORES : Fusion.named(told.fusion);
            double weight = told.vectorWeight == null ? HybridRanker.EVEN : told.vectorWeight;
            if (told.sparseWeight == null) {
                return index.searchHybrid(told.query, embedder, fusion, weight, k);
            }
            try (SparseEmbedder sparse = sparse(index, told, threads)) {
                HybridShares shares = HybridShares.of(weight, told.sparseWeight);
                return index.searchHybrid(told.query, embedder, sparse, fusion, shares, k);
            }
        }
    }

    private static SparseEmbedder sparse(TextIndex index, SearchCommand told, int threads) {
        String known = told.sparse != null
                ? told.sparse
                : index.description()
                        .sparse()
                        .map(SparseModel::name)
                        .orElseThrow(() -> ChiaroException.model(told.index
                                + ": expected an index with weights of tokens, but found one without. Write it again with chiaro"
                                + " index --sparse."));
        return Models.openSparse("--sparse", known, threads);
    }

    private static String line(TextHit hit) {
        String text = hit.text().replaceAll("\\s+", " ");
        String shown = text.length() > LONGEST_LINE ? text.substring(0, LONGEST_LINE) + "..." : text;
        return shown.equals(hit.id()) ? shown : hit.id() + "  " + shown;
    }
}
