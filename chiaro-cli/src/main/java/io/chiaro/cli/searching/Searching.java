package io.chiaro.cli.searching;

import io.chiaro.cli.console.Output;
import io.chiaro.cli.opening.Models;
import io.chiaro.cli.quickstart.QuietLucene;
import io.chiaro.model.Hit;
import io.chiaro.model.RerankedRanker;
import io.chiaro.model.Reranker;
import io.chiaro.model.TokenSparseEmbedder;
import io.chiaro.search.Facet;
import io.chiaro.search.HitExplanation;
import io.chiaro.search.Passage;
import io.chiaro.search.TextHit;
import io.chiaro.search.TextIndex;
import io.chiaro.search.filter.Filter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/** Searches indexes and says what was found. */
public final class Searching {

    private static final int LONGEST_LINE = 200;
    private static final int PASSAGES = 3;
    private static final int FACET_VALUES = 10;
    private static final int NEIGHBOURS = 3;

    /**
     * A search.
     *
     * @param index its folder
     * @param k how many documents at most
     * @param model where the model that filled the index is now, if it moved
     * @param filter as written
     * @param facets metadata whose values are counted
     * @param highlights whether sentences with words of the query are shown
     * @param explains whether it is said why hits stand where they stand
     */
    public record Request(
            Path index,
            String query,
            int k,
            Optional<String> model,
            Optional<String> filter,
            List<String> facets,
            boolean highlights,
            boolean explains,
            SearchOptions asked,
            RerankOptions reranking) {}

    private Searching() {}

    /** Searches, says the hits, and returns them as one document. */
    public static Object search(Output output, Request told, int threads) {
        QuietLucene.apply();
        Filter filter =
                told.filter().map(written -> Filter.parse("--filter", written)).orElse(Filter.EVERYTHING);
        try (TextIndex whole = TextIndex.open(told.index());
                TextIndex index = whole.where(filter);
                IndexSearch search = IndexSearch.open(index, told.asked(), told.model(), told.explains(), threads)) {
            index.graphs().faults().forEach(output::note);
            // Before anything is said, since a name may be wrong.
            Map<String, Facet> facets = facets(told, index);
            List<TextHit> hits = reranked(told, search, threads);
            Optional<Function<String, HitExplanation>> explaining = told.explains() && !hits.isEmpty()
                    ? Optional.of(search.explaining(told.query(), NEIGHBOURS))
                    : Optional.empty();
            List<Object> shown = new ArrayList<>();
            for (TextHit hit : hits) {
                output.say(String.format(Locale.ROOT, "%.4f  %s", hit.score(), line(hit)));
                Map<String, Object> plain = hit.plain();
                if (told.highlights()) {
                    List<Passage> passages = index.passages(told.query(), hit.text(), PASSAGES);
                    passages.forEach(passage -> output.say("        " + marked(passage)));
                    plain.put("passages", passages);
                }
                explaining.ifPresent(why ->
                        plain.put("why", explained(output, why.apply(hit.id()), told.query(), search.weighing())));
                shown.add(plain);
            }
            if (hits.isEmpty()) {
                output.say(told.asked().by().nothing(!filter.equals(Filter.EVERYTHING)));
            }
            Map<String, Object> document = new LinkedHashMap<>();
            document.put("hits", shown);
            if (!told.facets().isEmpty()) {
                say(output, facets);
                Map<String, Object> values = new LinkedHashMap<>();
                Map<String, Object> others = new LinkedHashMap<>();
                facets.forEach((name, facet) -> {
                    values.put(name, facet.values());
                    others.put(name, facet.others());
                });
                document.put("facets", values);
                document.put("others", others);
            }
            return document;
        }
    }

    private static Map<String, Object> explained(
            Output output, HitExplanation why, String query, Optional<TokenSparseEmbedder> weighing) {
        Explanations.lines(why, weighing).forEach(line -> output.say("        " + line));
        Map<String, Object> plain = why.plain();
        plain.remove("id");
        plain.remove("title");
        plain.remove("text");
        plain.remove("metadata");
        why.tokens()
                .ifPresent(tokens -> plain.put(
                        "tokens",
                        tokens.plain(
                                weighing.orElseThrow(), query, why.document().text())));
        return plain;
    }

    private static Map<String, Facet> facets(Request told, TextIndex index) {
        Optional<String> counted = told.asked().by() == SearchBy.WORDS ? Optional.of(told.query()) : Optional.empty();
        return told.facets().isEmpty() ? Map.of() : index.facets(counted, told.facets(), FACET_VALUES);
    }

    private static void say(Output output, Map<String, Facet> facets) {
        facets.forEach((name, facet) -> output.say(name + ": "
                + facet.values().stream()
                        .map(count -> count.value() + " (" + count.documents() + ")")
                        .collect(Collectors.joining(", "))
                + (facet.others() > 0 ? ", and " + facet.others() + " more" : "")));
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
    private static List<TextHit> reranked(Request told, IndexSearch search, int threads) {
        RerankOptions reranking = told.reranking();
        if (reranking.rerank == null) {
            return search.hits(told.query(), told.k());
        }
        Map<String, TextHit> byId = new LinkedHashMap<>();
        search.hits(told.query(), Math.max(told.k(), reranking.depth())).forEach(hit -> byId.put(hit.id(), hit));
        List<Hit> bare = byId.values().stream().map(TextHit::bare).toList();
        try (Reranker reranker = Models.openReranker("--rerank", reranking.rerank, threads)) {
            UnaryOperator<String> text =
                    id -> Objects.requireNonNull(byId.get(id)).text();
            return RerankedRanker.Scored.of(told.query(), bare, reranker, text, reranking.depth())
                    .order(reranking.weight().orElse(RerankedRanker.ALONE))
                    .stream()
                    .limit(told.k())
                    .map(hit -> Objects.requireNonNull(byId.get(hit.id())).withScore(hit.score()))
                    .toList();
        }
    }

    private static String line(TextHit hit) {
        String text = hit.text().replaceAll("\\s+", " ");
        String shown = text.length() > LONGEST_LINE ? text.substring(0, LONGEST_LINE) + "..." : text;
        return shown.equals(hit.id()) ? shown : hit.id() + "  " + shown;
    }
}
