package io.chiaro.serve.route;

import io.chiaro.model.PairTokens;
import io.chiaro.model.RerankerDescription;
import io.chiaro.model.TokenReranker;
import io.chiaro.model.Tokenizer;
import io.chiaro.serve.batch.BatchQueue;
import io.chiaro.serve.metric.Metrics;
import java.util.ArrayList;
import java.util.List;

/** The cross-encoder behind the route that reranks, with a queue of its own. Safe for any thread. */
public final class ServedReranker {

    private final TokenReranker reranker;
    private final QueuedWork<PairTokens> work;
    private final Limits limits;

    /** Puts a cross-encoder behind a route. */
    public ServedReranker(TokenReranker reranker, BatchQueue<PairTokens> queue, Limits limits, Metrics metrics) {
        this.reranker = reranker;
        this.limits = limits;
        this.work = new QueuedWork<>(queue, PairTokens::length, limits, metrics, Metrics.RERANK);
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
        Tokenizer tokenizer = reranker.tokenizer();
        int most = reranker.specification().maxTokens();
        // One token more than there is room for tells a text that is too long from one that just fits.
        int[] asked = tokenizer.encode(query, most + 1);
        List<PairTokens> pairs = new ArrayList<>(texts.size());
        int truncated = 0;
        for (String text : texts) {
            int[] told = tokenizer.encode(text, most + 1);
            if (tokenizer.pairTokens(asked, told) > most) {
                if (!truncates) {
                    throw call.unprocessable("expected a query and a text of at most " + most
                            + " tokens together, the limit of the model, but with text " + pairs.size()
                            + " there are more. Shorten it, or ask for it to be cut.");
                }
                truncated++;
            }
            pairs.add(tokenizer.framePair(asked, told, most));
        }
        float[][] rows = work.compute(call, pairs, System.nanoTime() - start, truncated);
        float[] scores = new float[rows.length];
        for (int i = 0; i < scores.length; i++) {
            scores[i] = rows[i][0];
        }
        return scores;
    }
}
