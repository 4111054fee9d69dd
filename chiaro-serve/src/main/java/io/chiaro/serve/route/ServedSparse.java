package io.chiaro.serve.route;

import io.chiaro.model.ModelDescription;
import io.chiaro.model.SparseVector;
import io.chiaro.model.TokenSparseEmbedder;
import io.chiaro.search.HitExplanation;
import io.chiaro.serve.batch.BatchQueue;
import io.chiaro.serve.metric.Metrics;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** The sparse encoder behind the routes, with a queue of its own. Safe for any thread. */
public final class ServedSparse {

    private final String name;
    private final TokenSparseEmbedder model;
    private final QueuedWork<int[]> work;
    private final Limits limits;

    /**
     * Puts a sparse encoder behind a route.
     *
     * @param name what clients call it
     * @param queue before {@link #rows}
     */
    public ServedSparse(
            String name, TokenSparseEmbedder model, BatchQueue<int[]> queue, Limits limits, Metrics metrics) {
        this.name = name;
        this.model = model;
        this.limits = limits;
        this.work = new QueuedWork<>(name, queue, text -> text.length, limits, metrics, Metrics.EMBED);
    }

    /** Vectors as rows of numbers, each id before its weight: a float holds every id of a vocabulary. */
    public static float[][] rows(TokenSparseEmbedder model, List<int[]> texts) {
        float[][] rows = new float[texts.size()][];
        List<SparseVector> vectors = model.embedTokens(texts);
        for (int i = 0; i < rows.length; i++) {
            SparseVector vector = vectors.get(i);
            rows[i] = new float[2 * vector.size()];
            for (int k = 0; k < vector.size(); k++) {
                rows[i][2 * k] = vector.ids()[k];
                rows[i][2 * k + 1] = vector.weights()[k];
            }
        }
        return rows;
    }

    String name() {
        return name;
    }

    Limits limits() {
        return limits;
    }

    ModelDescription description() {
        return model.description();
    }

    /** What sparse vectors say of a document for a query, as answers show it. */
    Map<String, Object> plain(HitExplanation.Tokens tokens, String query, String text) {
        return tokens.plain(model, query, text);
    }

    /** The vectors of texts; as of {@link #embed}. */
    List<SparseVector> vectors(Call call, List<String> texts, boolean truncates) {
        return Arrays.stream(embed(call, texts, truncates))
                .map(ServedSparse::vector)
                .toList();
    }

    private static SparseVector vector(float[] row) {
        int[] ids = new int[row.length / 2];
        float[] weights = new float[ids.length];
        for (int k = 0; k < ids.length; k++) {
            ids[k] = (int) row[2 * k];
            weights[k] = row[2 * k + 1];
        }
        return new SparseVector(ids, weights);
    }

    /**
     * The vectors of texts, each as {@link #rows} has it.
     *
     * @param truncates whether texts beyond the model's limit are cut; if not, they are refused
     */
    float[][] embed(Call call, List<String> texts, boolean truncates) {
        long start = System.nanoTime();
        int most = model.description().maxTokens();
        List<int[]> tokens = new ArrayList<>(texts.size());
        int truncated = 0;
        for (String text : texts) {
            if (model.tokenizer().exceeds(text, most)) {
                if (!truncates) {
                    throw call.unprocessable("expected texts of at most " + most
                            + " tokens, the limit of the model, but text " + tokens.size()
                            + " has more. Shorten it, or ask for it to be cut.");
                }
                truncated++;
            }
            tokens.add(model.tokenizer().encode(text, most));
        }
        return work.compute(call, tokens, start, truncated);
    }
}
