package io.chiaro.onnx;

import io.chiaro.core.ChiaroException;
import io.chiaro.model.ModelDescription;
import io.chiaro.model.SparseDirectory;
import io.chiaro.model.SparseVector;
import io.chiaro.model.TokenSparseEmbedder;
import io.chiaro.model.Tokenizer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

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

    private final SparseDirectory directory;
    private final Path file;
    private final Tokenizer tokenizer;
    private final List<String> vocabulary;
    private final OnnxSession session;
    private @Nullable ModelDescription description;

    private OnnxSparseEmbedder(
            SparseDirectory directory, Path file, Tokenizer tokenizer, List<String> vocabulary, OnnxSession session) {
        this.directory = directory;
        this.file = file;
        this.tokenizer = tokenizer;
        this.vocabulary = vocabulary;
        this.session = session;
    }

    /**
     * Opens a directory that holds an ONNX graph.
     *
     * @throws ChiaroException of kind MODEL if it holds none, or one that cannot be used
     */
    public static OnnxSparseEmbedder open(SparseDirectory directory, OnnxSettings settings) {
        Path file = directory
                .onnx()
                .orElseThrow(() -> ChiaroException.model(directory.path()
                        + ": expected onnx/model.onnx or model.onnx in the model directory, but found neither. Export the"
                        + " model first: chiaro export --model " + directory.path() + " --out " + directory.path()));
        Tokenizer tokenizer = directory.openTokenizer();
        try {
            List<String> vocabulary = tokenizer
                    .wordPieces()
                    .orElseThrow(() -> ChiaroException.model(directory.path()
                            + ": expected a WordPiece vocabulary, whose tokens have names, but found another."));
            int size = directory.specification().config().vocabularySize();
            return new OnnxSparseEmbedder(
                    directory, file, tokenizer, vocabulary, OnnxSession.openSparse(file, size, settings.threads()));
        } catch (RuntimeException | Error e) {
            tokenizer.close();
            throw e;
        }
    }

    @Override
    public List<SparseVector> embed(List<String> texts) {
        return embedTokens(tokenizer.encodeAll(texts, directory.specification().maxTokens()));
    }

    @Override
    public List<SparseVector> embedTokens(List<int[]> tokens) {
        List<SparseVector> vectors = new ArrayList<>(tokens.size());
        for (int from = 0; from < tokens.size(); from += WINDOW) {
            List<int[]> some = tokens.subList(from, Math.min(tokens.size(), from + WINDOW));
            Arrays.stream(session.embed(some, BATCH_TOKENS))
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
    public synchronized ModelDescription description() {
        if (description == null) {
            ModelDescription found = directory.description();
            String exported = session.metadata().getOrDefault(OnnxHead.WEIGHTS_HASH, found.hash());
            if (directory.weights().isPresent() && !exported.equals(found.hash())) {
                throw ChiaroException.model(file + ": expected a graph of the weights in " + directory.path()
                        + " with SHA-256 " + found.hash() + ", but it was exported from weights with SHA-256 "
                        + exported + ". Export the model again.");
            }
            description = found;
        }
        return description;
    }

    @Override
    public void close() {
        session.close();
        tokenizer.close();
    }
}
