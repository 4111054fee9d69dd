package io.chiaro.onnx;

import io.chiaro.core.ChiaroException;
import io.chiaro.model.CrossEncoderDirectory;
import io.chiaro.model.CrossEncoderSpecification;
import io.chiaro.model.PairTokens;
import io.chiaro.model.RerankerDescription;
import io.chiaro.model.TokenReranker;
import io.chiaro.model.Tokenizer;
import java.util.List;

/**
 * A {@link io.chiaro.model.Reranker} that computes in ONNX Runtime: the directory of a cross-encoder that holds {@code onnx/model.onnx} or
 * {@code model.onnx}. Pairs are computed in batches of a token budget, longest first.
 *
 * <p>Safe for several threads, which then share the processors. Holds native memory: close it when done; use after close is an
 * {@link IllegalStateException}.
 */
public final class OnnxCrossEncoder implements TokenReranker {

    private final ExportedGraph<CrossEncoderDirectory> graph;
    private final Tokenizer tokenizer;
    private final OnnxSettings settings;

    private OnnxCrossEncoder(ExportedGraph<CrossEncoderDirectory> graph, Tokenizer tokenizer, OnnxSettings settings) {
        this.graph = graph;
        this.tokenizer = tokenizer;
        this.settings = settings;
    }

    /**
     * Opens a directory that holds an ONNX graph.
     *
     * @throws ChiaroException of kind MODEL if it holds none, or one that cannot be used, or that sorts pairs into classes
     */
    public static OnnxCrossEncoder open(CrossEncoderDirectory directory, OnnxSettings settings) {
        directory.specification().requireScore();
        ExportedGraph<CrossEncoderDirectory> graph =
                ExportedGraph.open(directory, file -> OnnxSession.openScorer(file, 1, settings.threads()));
        try {
            return new OnnxCrossEncoder(graph, directory.openTokenizer(), settings);
        } catch (RuntimeException | Error e) {
            graph.close();
            throw e;
        }
    }

    @Override
    public float[] score(String query, List<String> texts) {
        return scoreTokens(prepare(query, texts).pairs());
    }

    @Override
    public Prepared prepare(String query, List<String> texts) {
        return tokenizer.encodePairs(query, texts, specification().maxTokens());
    }

    @Override
    public float[] scoreTokens(List<PairTokens> pairs) {
        return graph.session().score(pairs, settings.batchTokens());
    }

    /** What the model's files say of it. */
    public CrossEncoderSpecification specification() {
        return graph.directory().specification();
    }

    /** Makes the pairs that {@link #scoreTokens} takes; it belongs to the reranker and is closed with it. */
    public Tokenizer tokenizer() {
        return tokenizer;
    }

    /**
     * What model this is. The hash of the weights is computed at the first call.
     *
     * @throws ChiaroException of kind MODEL if the graph was exported before the weights beside it were trained further
     */
    @Override
    public RerankerDescription description() {
        return graph.directory().specification().description(graph.hash());
    }

    @Override
    public void close() {
        graph.close();
        tokenizer.close();
    }
}
