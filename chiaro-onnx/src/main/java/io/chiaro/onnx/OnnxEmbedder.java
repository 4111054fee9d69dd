package io.chiaro.onnx;

import io.chiaro.core.ChiaroException;
import io.chiaro.core.Hashes;
import io.chiaro.core.Names;
import io.chiaro.model.ModelDescription;
import io.chiaro.model.ModelDirectory;
import io.chiaro.model.ModelSpecification;
import io.chiaro.model.TextRole;
import io.chiaro.model.TokenEmbedder;
import io.chiaro.model.Tokenizer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * An {@link io.chiaro.model.Embedder} that computes in ONNX Runtime: one of the {@link EmbeddedModels}, or a model directory that holds
 * {@code onnx/model.onnx} or {@code model.onnx}.
 *
 * <p>Texts are tokenised first, sorted by their true number of tokens and computed in batches of a token budget, longest
 * first; memory follows the budget and not the number of texts. Vectors come back in the order of the texts.
 *
 * <p>Safe for several threads, which then share the processors. Holds native memory: close it when done; use after close is
 * an {@link IllegalStateException}.
 */
public final class OnnxEmbedder implements TokenEmbedder {

    // Texts whose token ids are held at a time; enough of them that sorting by length leaves little padding.
    private static final int WINDOW = 16_384;

    private final Tokenizer tokenizer;
    private final OnnxSession session;
    private final OnnxSettings settings;
    private final ModelSpecification specification;
    private final Supplier<ModelDescription> describing;
    private @Nullable ModelDescription description;

    private OnnxEmbedder(
            Tokenizer tokenizer,
            OnnxSession session,
            OnnxSettings settings,
            ModelSpecification specification,
            Supplier<ModelDescription> describing) {
        this.tokenizer = tokenizer;
        this.session = session;
        this.settings = settings;
        this.specification = specification;
        this.describing = describing;
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
        return open(ModelDirectory.open(directory), settings);
    }

    /** Opens an embedded model. */
    public static OnnxEmbedder open(EmbeddedModel model, OnnxSettings settings) {
        byte[] tokenizerJson = model.tokenizerJson();
        return open(
                () -> Tokenizer.of(tokenizerJson),
                () -> OnnxSession.open(model.name(), model.onnx(), model.specification(), settings.threads()),
                settings,
                model.specification(),
                session -> model.description());
    }

    /**
     * Opens a model directory that holds an ONNX graph.
     *
     * @throws ChiaroException of kind MODEL if it holds none, or one that cannot be used
     */
    public static OnnxEmbedder open(ModelDirectory directory, OnnxSettings settings) {
        ModelSpecification specification = directory.specification();
        if (!specification.config().domains().isEmpty()) {
            throw ChiaroException.model(
                    directory.path() + ": expected a model that all texts share, but found experts for "
                            + specification.config().domains()
                            + ". Name the domain where that can be told, or export its model:"
                            + " chiaro export --model " + directory.path() + " --domain DOMAIN --out DIR");
        }
        Path file = ExportedGraph.file(directory);
        return open(
                directory::openTokenizer,
                () -> OnnxSession.open(file, specification, settings.threads()),
                settings,
                specification,
                session -> description(new ExportedGraph<>(directory, file, session)));
    }

    /**
     * Opens the graph of a domain in the directory of a model with experts.
     *
     * @throws ChiaroException of kind USAGE if the model has no such domain, of kind MODEL if the graph is missing or cannot be used
     */
    public static OnnxEmbedder open(ModelDirectory directory, String domain, OnnxSettings settings) {
        ModelSpecification specification = directory.specification();
        Path file = directory
                .onnx(domain)
                .orElseThrow(
                        () -> ChiaroException.model(directory.path() + ": expected the graph of the domain \"" + domain
                                + "\", but found none. Export the model first: chiaro export --model "
                                + directory.path() + " --out "
                                + directory.path()));
        return open(
                directory::openTokenizer,
                () -> OnnxSession.open(file, specification, settings.threads()),
                settings,
                specification,
                session -> ofDomain(description(new ExportedGraph<>(directory, file, session)), domain));
    }

    /** Vectors of two domains are not to be compared, so an index of the one refuses the other. */
    private static ModelDescription ofDomain(ModelDescription whole, String domain) {
        return whole.withHash(Hashes.sha256((whole.hash() + " domain " + domain).getBytes(StandardCharsets.UTF_8)));
    }

    private static ModelDescription description(ExportedGraph<ModelDirectory> graph) {
        ModelDescription description = graph.directory().specification().description(graph.hash());
        String coarser = graph.session().metadata().get(OnnxQuantizer.QUANTISATION);
        // Its vectors are near to those of the weights and are not they: an index of the one refuses the other.
        return coarser == null
                ? description
                : description.withHash(
                        Hashes.sha256((description.hash() + " " + coarser).getBytes(StandardCharsets.UTF_8)));
    }

    /** Two native libraries are loaded and two large files parsed: side by side, because a command waits for both. */
    private static OnnxEmbedder open(
            Supplier<Tokenizer> tokenizers,
            Supplier<OnnxSession> sessions,
            OnnxSettings settings,
            ModelSpecification specification,
            Function<OnnxSession, ModelDescription> describing) {
        CompletableFuture<Tokenizer> future = CompletableFuture.supplyAsync(tokenizers);
        OnnxSession session;
        try {
            session = sessions.get();
        } catch (RuntimeException | Error e) {
            future.thenAccept(Tokenizer::close);
            throw e;
        }
        try {
            return new OnnxEmbedder(future.join(), session, settings, specification, () -> describing.apply(session));
        } catch (CompletionException e) {
            session.close();
            throw e.getCause() instanceof ChiaroException cause ? cause : e;
        }
    }

    @Override
    public float[][] embed(List<String> texts, TextRole role) {
        float[][] vectors = new float[texts.size()][];
        for (int start = 0; start < texts.size(); start += WINDOW) {
            List<String> window = texts.subList(start, Math.min(texts.size(), start + WINDOW));
            System.arraycopy(embedTokens(tokens(window, role)), 0, vectors, start, window.size());
        }
        return vectors;
    }

    @Override
    public float[][] embedTokens(List<int[]> tokens) {
        return session.embed(tokens, settings.batchTokens());
    }

    @Override
    public ModelSpecification specification() {
        return specification;
    }

    @Override
    public Tokenizer tokenizer() {
        return tokenizer;
    }

    /** What model this is. The hash of a directory's weights is computed at the first call. */
    @Override
    public String precision() {
        return OnnxQuantizer.isQuantised(session.metadata()) ? "int8" : "float32";
    }

    @Override
    public synchronized ModelDescription description() {
        if (description == null) {
            description = describing.get();
        }
        return description;
    }

    @Override
    public void close() {
        session.close();
        tokenizer.close();
    }
}
