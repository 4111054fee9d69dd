package io.chiaro.onnx;

import io.chiaro.core.ChiaroException;
import io.chiaro.model.ModelDescription;
import io.chiaro.model.SparseDirectory;
import io.chiaro.model.SparseVector;
import io.chiaro.model.TokenSparseEmbedder;
import io.chiaro.model.Tokenizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A sparse encoder that computes in ONNX Runtime: the directory of one that holds {@code onnx/model.onnx} or {@code model.onnx}.
 *
 * <p>Safe for several threads, which then share the processors. Holds native memory: close it when done; use after close is an
 * {@link IllegalStateException}.
 */
public final class OnnxSparseEmbedder implements TokenSparseEmbedder {

    /** Of a batch: every token has as many scores as the vocabulary has tokens. */
    static final int BATCH_TOKENS = 512;

    /** Texts whose numbers are in memory before most of them are dropped. */
    private static final int WINDOW = 64;

    private final ExportedGraph<SparseDirectory> graph;
    private final Tokenizer tokenizer;
    private final List<String> vocabulary;

    private OnnxSparseEmbedder(ExportedGraph<SparseDirectory> graph, Tokenizer tokenizer, List<String> vocabulary) {
        this.graph = graph;
        this.tokenizer = tokenizer;
        this.vocabulary = vocabulary;
    }

    /**
     * Opens a directory that holds an ONNX graph.
     *
     * @throws ChiaroException of kind MODEL if it holds none, or one that cannot be used
     */
    public static OnnxSparseEmbedder open(SparseDirectory directory, OnnxSettings settings) {
        Tokenizer tokenizer = directory.openTokenizer();
        try {
            List<String> vocabulary = tokenizer
                    .wordPieces()
                    .orElseThrow(() -> ChiaroException.model(directory.path()
                            + ": expected a WordPiece vocabulary, whose tokens have names, but found another."));
            int size = directory.specification().config().vocabularySize();
            return new OnnxSparseEmbedder(
                    ExportedGraph.open(directory, file -> OnnxSession.openSparse(file, size, settings.threads())),
                    tokenizer,
                    vocabulary);
        } catch (RuntimeException | Error e) {
            tokenizer.close();
            throw e;
        }
    }

    @Override
    public List<SparseVector> embed(List<String> texts) {
        return embedTokens(
                tokenizer.encodeAll(texts, graph.directory().specification().maxTokens()));
    }

    @Override
    public List<SparseVector> embedTokens(List<int[]> tokens) {
        List<SparseVector> vectors = new ArrayList<>(tokens.size());
        for (int from = 0; from < tokens.size(); from += WINDOW) {
            List<int[]> some = tokens.subList(from, Math.min(tokens.size(), from + WINDOW));
            Arrays.stream(graph.session().embed(some, BATCH_TOKENS))
                    .map(SparseVector::of)
                    .forEach(vectors::add);
        }
        return vectors;
    }

    @Override
    public Tokenizer tokenizer() {
        return tokenizer;
    }

    @Override
    public String token(int id) {
        return vocabulary.get(id);
    }

    /**
     * What model this is. The hash of the weights is computed at the first call.
     *
     * @throws ChiaroException of kind MODEL if the graph was exported before the weights beside it were trained further
     */
    @Override
    public ModelDescription description() {
        return graph.directory().specification().description(graph.hash());
    }

    @Override
    public void close() {
        graph.close();
        tokenizer.close();
    }
}
