package io.chiaro.onnx;

import io.chiaro.core.ChiaroException;
import io.chiaro.model.LateInteractionDirectory;
import io.chiaro.model.LateInteractionReranker;
import io.chiaro.model.LateInteractionTokens;
import io.chiaro.model.RerankerDescription;
import io.chiaro.model.TokenVectorSource;
import io.chiaro.model.TokenVectors;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The vectors of tokens of a late-interaction model, computed in ONNX Runtime from the {@code onnx/model.onnx} or {@code model.onnx} of
 * its directory.
 *
 * <p>Safe for several threads, which then share the processors. Holds native memory: close it when done; use after close is an
 * {@link IllegalStateException}.
 */
public final class OnnxTokenVectors implements TokenVectorSource {

    private final LateInteractionDirectory directory;
    private final LateInteractionTokens tokens;
    private final Path file;
    private final OnnxSession session;
    private final OnnxSettings settings;
    private @Nullable RerankerDescription description;

    private OnnxTokenVectors(
            LateInteractionDirectory directory,
            LateInteractionTokens tokens,
            Path file,
            OnnxSession session,
            OnnxSettings settings) {
        this.directory = directory;
        this.tokens = tokens;
        this.file = file;
        this.session = session;
        this.settings = settings;
    }

    /**
     * Opens a directory that holds an ONNX graph as a reranker, which owns all that is opened.
     *
     * @throws ChiaroException of kind MODEL if it holds none, or one that cannot be used
     */
    public static LateInteractionReranker openReranker(LateInteractionDirectory directory, OnnxSettings settings) {
        Path file = directory
                .onnx()
                .orElseThrow(() -> ChiaroException.model(directory.path()
                        + ": expected onnx/model.onnx or model.onnx in the model directory, but found neither. Export the"
                        + " model first: chiaro export --model " + directory.path() + " --out " + directory.path()));
        LateInteractionTokens tokens = directory.openTokens();
        try {
            int width = directory.specification().dimension();
            OnnxSession session = OnnxSession.openTokens(file, width, settings.threads());
            return new LateInteractionReranker(
                    tokens, new OnnxTokenVectors(directory, tokens, file, session, settings));
        } catch (RuntimeException | Error e) {
            tokens.close();
            throw e;
        }
    }

    @Override
    public List<TokenVectors> vectors(List<int[]> texts) {
        int width = directory.specification().dimension();
        return Arrays.stream(session.embed(texts, settings.batchTokens()))
                .map(vectors -> new TokenVectors(width, vectors))
                .toList();
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
            if (!exported.equals(found.hash())) {
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
        tokens.close();
    }
}
