package io.chiaro.onnx;

import io.chiaro.core.ChiaroException;
import io.chiaro.core.Names;
import io.chiaro.model.Embedder;
import io.chiaro.model.ModelDescription;
import io.chiaro.model.Pooling;
import io.chiaro.model.Prompts;
import io.chiaro.model.TextRole;
import io.chiaro.model.Tokenizer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * An {@link Embedder} that computes in ONNX Runtime: one of the {@link EmbeddedModels}, or a model directory that holds
 * {@code onnx/model.onnx} or {@code model.onnx}.
 *
 * <p>Texts are tokenised first, sorted by their true number of tokens and computed in batches of a token budget, longest
 * first; memory follows the budget and not the number of texts. Vectors come back in the order of the texts.
 *
 * <p>Safe for several threads, which then share the processors. Holds native memory: close it when done; use after close is
 * an {@link IllegalStateException}.
 */
public final class OnnxEmbedder implements Embedder {

    // Texts whose token ids are held at a time; enough of them that sorting by length leaves little padding.
    private static final int WINDOW = 16_384;

    private final Tokenizer tokenizer;
    private final OnnxSession session;
    private final OnnxSettings settings;
    private final Supplier<String> hash;
    private final String name;
    private final int maxTokens;
    private final List<Pooling> poolings;
    private final boolean normalized;
    private final Prompts prompts;
    private @Nullable ModelDescription description;

    private OnnxEmbedder(
            Tokenizer tokenizer,
            OnnxSession session,
            OnnxSettings settings,
            Supplier<String> hash,
            String name,
            int maxTokens,
            List<Pooling> poolings,
            boolean normalized,
            Prompts prompts) {
        this.tokenizer = tokenizer;
        this.session = session;
        this.settings = settings;
        this.hash = hash;
        this.name = name;
        this.maxTokens = maxTokens;
        this.poolings = poolings;
        this.normalized = normalized;
        this.prompts = prompts;
    }

    /**
     * Opens an embedded model by its name, in any case, or a model directory by its path.
     *
     * @throws ChiaroException of kind USAGE if it is neither, of kind MODEL if its files cannot be used
     */
    public static OnnxEmbedder open(String nameOrDirectory, OnnxSettings settings) {
        EmbeddedModel embedded = EmbeddedModels.lookup(nameOrDirectory).orElse(null);
        if (embedded != null) {
            return open(embedded, settings);
        }
        Path directory = Path.of(nameOrDirectory);
        if (!Files.isDirectory(directory)) {
            throw ChiaroException.usage("model: expected the name of an embedded model or a model directory, but \""
                    + nameOrDirectory + "\" is neither (looked for " + directory.toAbsolutePath() + "). "
                    + Names.hint(nameOrDirectory, EmbeddedModels.names()));
        }
        throw new UnsupportedOperationException("directories");
    }

    /** Opens an embedded model. */
    public static OnnxEmbedder open(EmbeddedModel model, OnnxSettings settings) {
        byte[] tokenizerJson = model.tokenizerJson();
        List<Pooling> poolings = List.of(model.pooling());
        return open(
                () -> Tokenizer.of(tokenizerJson),
                () -> OnnxSession.open(model.name(), model.onnx(), poolings, model.normalized(), settings.threads()),
                (tokenizer, session) -> new OnnxEmbedder(
                        tokenizer,
                        session,
                        settings,
                        model::hash,
                        model.name(),
                        model.maxTokens(),
                        poolings,
                        model.normalized(),
                        model.prompts()));
    }

    /** Two native libraries are loaded and two large files parsed: side by side, because a command waits for both. */
    private static OnnxEmbedder open(
            Supplier<Tokenizer> tokenizers, Supplier<OnnxSession> sessions, Assembly assembly) {
        CompletableFuture<Tokenizer> future = CompletableFuture.supplyAsync(tokenizers);
        OnnxSession session;
        try {
            session = sessions.get();
        } catch (RuntimeException | Error e) {
            future.thenAccept(Tokenizer::close);
            throw e;
        }
        try {
            return assembly.of(future.join(), session);
        } catch (CompletionException e) {
            session.close();
            throw e.getCause() instanceof ChiaroException cause ? cause : e;
        }
    }

    @Override
    public float[][] embed(List<String> texts, TextRole role) {
        String prompt = prompts.of(role);
        float[][] vectors = new float[texts.size()][];
        for (int start = 0; start < texts.size(); start += WINDOW) {
            List<String> window = texts.subList(start, Math.min(texts.size(), start + WINDOW));
            List<int[]> tokens = new ArrayList<>(window.size());
            for (String text : window) {
                tokens.add(tokenizer.encode(prompt + text, maxTokens));
            }
            System.arraycopy(session.embed(tokens, settings.batchTokens()), 0, vectors, start, window.size());
        }
        return vectors;
    }

    /** What model this is. The hash of a directory's weights is computed at the first call. */
    @Override
    public synchronized ModelDescription description() {
        if (description == null) {
            description = new ModelDescription(
                    name, hash.get(), session.dimension(), maxTokens, poolings, normalized, prompts);
        }
        return description;
    }

    @Override
    public void close() {
        session.close();
        tokenizer.close();
    }

    /** Puts the opened parts together. */
    @FunctionalInterface
    private interface Assembly {
        OnnxEmbedder of(Tokenizer tokenizer, OnnxSession session);
    }
}
