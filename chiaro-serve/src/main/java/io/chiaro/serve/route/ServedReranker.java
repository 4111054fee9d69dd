package io.chiaro.serve.route;

import io.chiaro.model.PairTokens;
import io.chiaro.model.RerankerDescription;
import io.chiaro.model.TokenReranker;
import io.chiaro.serve.batch.BatchQueue;
import io.chiaro.serve.metric.Metrics;
import java.util.List;

/** The cross-encoder behind the route that reranks, with a queue of its own. Safe for any thread. */
public final class ServedReranker {

    private final String name;
    private final TokenReranker reranker;
    private final QueuedWork<PairTokens> work;
    private final Limits limits;

    /**
     * Puts a cross-encoder behind a route.
     *
     * @param name what clients call it
     */
    public ServedReranker(
            String name, TokenReranker reranker, BatchQueue<PairTokens> queue, Limits limits, Metrics metrics) {
        this.name = name;
        this.reranker = reranker;
        this.limits = limits;
        this.work = new QueuedWork<>(name, queue, PairTokens::length, limits, metrics, Metrics.RERANK);
    }

    String name() {
        return name;
    }

    Limits limits() {
        return limits;
    }

    RerankerDescription description() {
        return reranker.description();
    }

    /**
     * The scores of texts for a query, in their order.
     *
     * @param truncates whether what does not fit beside the query is cut; if not, it is refused
     */
    float[] score(Call call, String query, List<String> texts, boolean truncates) {
        long start = System.nanoTime();
        TokenReranker.Prepared prepared = reranker.prepare(query, texts);
        if (!truncates && !prepared.cut().isEmpty()) {
            throw call.unprocessable("expected a query and a text of at most "
                    + description().maxTokens() + " tokens together, the limit of the model, but with text "
                    + prepared.cut().nextSetBit(0) + " there are more. Shorten it, or ask for it to be cut.");
        }
        float[][] rows =
                work.compute(call, prepared.pairs(), start, prepared.cut().cardinality());
        float[] scores = new float[rows.length];
        for (int i = 0; i < scores.length; i++) {
            scores[i] = rows[i][0];
        }
        return scores;
    }
}
