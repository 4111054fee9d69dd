package io.chiaro.onnx;

import io.chiaro.core.ChiaroException;
import io.chiaro.model.LateInteractionDirectory;
import io.chiaro.model.LateInteractionReranker;
import io.chiaro.model.LateInteractionTokens;
import io.chiaro.model.RerankerDescription;
import io.chiaro.model.TokenVectorSource;
import io.chiaro.model.TokenVectors;
import java.util.Arrays;
import java.util.List;

/**
 * The vectors of tokens of a late-interaction model, computed in ONNX Runtime from the {@code onnx/model.onnx} or {@code model.onnx} of
 * its directory.
 *
 * <p>Safe for several threads, which then share the processors. Holds native memory: close it when done; use after close is an
 * {@link IllegalStateException}.
 */
public final class OnnxTokenVectors implements TokenVectorSource {

    private final ExportedGraph<LateInteractionDirectory> graph;
    private final LateInteractionTokens tokens;
    private final OnnxSettings settings;

    private OnnxTokenVectors(
            ExportedGraph<LateInteractionDirectory> graph, LateInteractionTokens tokens, OnnxSettings settings) {
        this.graph = graph;
        this.tokens = tokens;
        this.settings = settings;
    }

    /**
     * Opens a directory that holds an ONNX graph as a reranker, which owns all that is opened.
     *
     * @throws ChiaroException of kind MODEL if it holds none, or one that cannot be used
     */
    public static LateInteractionReranker openReranker(LateInteractionDirectory directory, OnnxSettings settings) {
        LateInteractionTokens tokens = directory.openTokens();
        try {
            int width = directory.specification().dimension();
            ExportedGraph<LateInteractionDirectory> graph =
                    ExportedGraph.open(directory, file -> OnnxSession.openTokens(file, width, settings.threads()));
            return new LateInteractionReranker(tokens, new OnnxTokenVectors(graph, tokens, settings));
        } catch (RuntimeException | Error e) {
            tokens.close();
            throw e;
        }
    }

    @Override
    public List<TokenVectors> vectors(List<int[]> texts) {
        int width = graph.directory().specification().dimension();
        return Arrays.stream(graph.session().embed(texts, settings.batchTokens()))
                .map(vectors -> new TokenVectors(width, vectors))
                .toList();
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
        tokens.close();
    }
}
