package io.chiaro.onnx;

import io.chiaro.core.ChiaroException;
import io.chiaro.model.CrossEncoderDirectory;
import io.chiaro.model.CrossEncoderSpecification;
import io.chiaro.model.PairTokens;
import io.chiaro.model.RerankerDescription;
import io.chiaro.model.TokenReranker;
import io.chiaro.model.Tokenizer;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A {@link io.chiaro.model.Reranker} that computes in ONNX Runtime: the directory of a cross-encoder that holds {@code onnx/model.onnx} or
 * {@code model.onnx}. Pairs are computed in batches of a token budget, longest first.
 *
 * <p>Safe for several threads, which then share the processors. Holds native memory: close it when done; use after close is an
 * {@link IllegalStateException}.
 */
public final class OnnxCrossEncoder implements TokenReranker {

    private final CrossEncoderDirectory directory;
    private final Path file;
    private final Tokenizer tokenizer;
    private final OnnxSession session;
    private final OnnxSettings settings;
    private @Nullable RerankerDescription description;

    private OnnxCrossEncoder(
            CrossEncoderDirectory directory,
            Path file,
            Tokenizer tokenizer,
            OnnxSession session,
            OnnxSettings settings) {
        this.directory = directory;
        this.file = file;
        this.tokenizer = tokenizer;
        this.session = session;
        this.settings = settings;
    }

    /**
     * Opens a directory that holds an ONNX graph.
     *
     * @throws ChiaroException of kind MODEL if it holds none, or one that cannot be used
     */
    public static OnnxCrossEncoder open(CrossEncoderDirectory directory, OnnxSettings settings) {
        Path file = directory
                .onnx()
                .orElseThrow(() -> ChiaroException.model(directory.path()
                        + ": expected onnx/model.onnx or model.onnx in the model directory, but found neither. Export the"
                        + " model first: chiaro export --model " + directory.path() + " --out " + directory.path()));
        Tokenizer tokenizer = directory.openTokenizer();
        try {
            return new OnnxCrossEncoder(
                    directory, file, tokenizer, OnnxSession.openScorer(file, settings.threads()), settings);
        } catch (RuntimeException | Error e) {
            tokenizer.close();
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
        return session.score(pairs, settings.batchTokens());
    }

    /** What the model's files say of it. */
    public CrossEncoderSpecification specification() {
        return directory.specification();
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
    public synchronized RerankerDescription description() {
        if (description == null) {
            RerankerDescription found = directory.description();
            String exported = session.metadata().getOrDefault(OnnxHead.WEIGHTS_HASH, found.hash());
            if (directory.weights().isPresent() && !exported.equals(found.hash())) {
                throw ChiaroException.model(file + ": expected a graph of the weights in " + directory.path()
                        + " with SHA-256 " + found.hash() + ", but it was exported from weights with SHA-256 "
                        + exported
                        + ". Export the model again.");
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
