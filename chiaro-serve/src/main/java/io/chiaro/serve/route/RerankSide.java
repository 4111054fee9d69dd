package io.chiaro.serve.route;

import static io.chiaro.serve.route.Schema.Field;

import io.chiaro.core.JsonObject;
import io.chiaro.model.Hit;
import io.chiaro.model.RerankedRanker;
import io.chiaro.search.TextHit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/** The served reranker behind searches: what was found it puts in order, if that is asked for. */
record RerankSide(Optional<ServedReranker> served) {

    static final Field RERANK = Field.optional(
            "rerank",
            Schema.bool().says("Puts what was found in order by the served reranker; no unless said otherwise"));
    static final Field DEPTH = Field.optional(
            "rerank_depth",
            Schema.integer(1)
                    .says("How many of what was found it looks at; " + RerankedRanker.USUAL_DEPTH
                            + " unless said otherwise. The hits behind them keep their order"));
    static final Field WEIGHT = Field.optional(
            "rerank_weight",
            Schema.number().says("The share of its scores beside those before, 0 to 1; 1 unless said otherwise"));

    /** Few words have as many for each of their tokens. */
    private static final int CHARACTERS_PER_TOKEN = 16;

    /**
     * What a request asks of the reranker.
     *
     * @param depth how many hits it looks at
     * @param weight of its scores
     */
    record Asked(ServedReranker reranker, int depth, double weight) {

        /** How much of each text is read where so much is given: as a rule no token that it looks at is lost. */
        int characters(int given) {
            return Math.max(given, CHARACTERS_PER_TOKEN * reranker.description().maxTokens());
        }

        /** The first of what was found, in the order of the reranker's scores; behind them the others as they were found. */
        List<Placed> ordered(Call call, String query, List<TextHit> found, int most) {
            if (found.isEmpty()) {
                return List.of();
            }
            List<TextHit> looked = found.subList(0, Math.min(depth, found.size()));
            Map<String, TextHit> byId = new LinkedHashMap<>();
            looked.forEach(hit -> byId.put(hit.id(), hit));
            List<String> texts = looked.stream().map(TextHit::text).toList();
            // A document is as long as it is; what does not fit beside the query is cut, as it was for its vector.
            float[] scores = reranker.score(call, query, texts, true);
            List<Hit> bare = looked.stream().map(TextHit::bare).toList();
            Stream<Placed> scored = new RerankedRanker.Scored(bare, scores)
                    .order(weight).stream()
                            .map(hit ->
                                    Objects.requireNonNull(byId.get(hit.id())).withScore(hit.score()))
                            .map(hit -> new Placed(hit, Optional.of(true)));
            Stream<Placed> behind =
                    found.subList(looked.size(), found.size()).stream().map(hit -> new Placed(hit, Optional.of(false)));
            return Stream.concat(scored, behind).limit(most).toList();
        }
    }

    /**
     * A hit in its place.
     *
     * @param reranked whether the reranker looked at it; nothing where none was asked for
     */
    record Placed(TextHit hit, Optional<Boolean> reranked) {

        /** The same with so much of its text. */
        Placed shortened(int characters) {
            return new Placed(hit.shortened(characters), reranked);
        }

        /** The hit as answers show it: a score of the first stage beside those of the reranker would look like one of them. */
        Map<String, Object> plain() {
            Map<String, Object> plain = hit.plain();
            reranked.ifPresent(looked -> {
                if (!looked) {
                    plain.remove("score");
                }
                plain.put("reranked", looked);
            });
            return plain;
        }
    }

    /** How many hits of a search a reranker may look at. */
    static int deepest(ServedReranker reranker, Limits limits) {
        return Math.min(limits.hits(), reranker.limits().inputs());
    }

    /** What a search asks of the reranker; nothing if it does not. 422 if none is served or the request says what it does not mean. */
    Optional<Asked> asked(Call call, JsonObject body, Limits limits) {
        if (!body.bool("rerank", false)) {
            if (body.has("rerank_depth") || body.has("rerank_weight")) {
                throw call.unprocessable(
                        "expected \"rerank\" to be true: \"rerank_depth\" and \"rerank_weight\" mean nothing"
                                + " without.");
            }
            return Optional.empty();
        }
        ServedReranker reranker = served.orElseThrow(() -> call.unprocessable(
                "expected a reranker for \"rerank\", but none is served here. Start the server with one as --rerank."));
        int depth = body.integer("rerank_depth", RerankedRanker.USUAL_DEPTH);
        int most = deepest(reranker, limits);
        if (depth < 1 || depth > most) {
            throw call.unprocessable("expected 1 to " + most + " at \"rerank_depth\", but found " + depth + ".");
        }
        return Optional.of(
                new Asked(reranker, depth, HybridQuery.share(call, body, "rerank_weight", RerankedRanker.ALONE)));
    }
}
