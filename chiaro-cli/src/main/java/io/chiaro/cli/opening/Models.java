package io.chiaro.cli.opening;

import io.chiaro.core.ChiaroException;
import io.chiaro.model.CrossEncoderDirectory;
import io.chiaro.model.Embedder;
import io.chiaro.model.LateInteractionDirectory;
import io.chiaro.model.LateInteractionReranker;
import io.chiaro.model.ModelDescription;
import io.chiaro.model.ModelDirectory;
import io.chiaro.model.PairClassifier;
import io.chiaro.model.Reranker;
import io.chiaro.model.RerankerDescription;
import io.chiaro.model.ShortenedEmbedder;
import io.chiaro.model.SparseCode;
import io.chiaro.model.SparseDirectory;
import io.chiaro.model.TextRole;
import io.chiaro.model.TokenReranker;
import io.chiaro.model.TokenSparseEmbedder;
import io.chiaro.model.TokenVectorSource;
import io.chiaro.model.TokenVectors;
import io.chiaro.onnx.EmbeddedModels;
import io.chiaro.onnx.OnnxCrossEncoder;
import io.chiaro.onnx.OnnxEmbedder;
import io.chiaro.onnx.OnnxPairClassifier;
import io.chiaro.onnx.OnnxSettings;
import io.chiaro.onnx.OnnxSparseEmbedder;
import io.chiaro.onnx.OnnxTokenVectors;
import io.chiaro.text.CrossEncoder;
import io.chiaro.text.LateInteraction;
import io.chiaro.text.TextModel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Opens models for use: through ONNX Runtime where there is a graph, else through LibTorch. */
public final class Models {

    private Models() {}

    /** The model of a name or directory. A directory without an ONNX graph is computed from its weights. */
    public static Embedder open(String nameOrDirectory, int threads) {
        OnnxSettings settings = OnnxSettings.defaults().withThreads(threads);
        Path path = Path.of(nameOrDirectory);
        if (EmbeddedModels.lookup(nameOrDirectory).isEmpty() && Files.isDirectory(path)) {
            ModelDirectory directory = ModelDirectory.open(path);
            List<String> domains = directory.specification().config().domains();
            if (!domains.isEmpty()) {
                throw ChiaroException.usage(
                        path + ": has experts for " + domains + ", and expected is the model of one of "
                                + "them. Write it with: chiaro export --model " + path + " --domain DOMAIN --out DIR");
            }
            return directory.onnx().isPresent()
                    ? fresh(OnnxEmbedder.open(directory, settings))
                    : new FromWeights(TextModel.load(nameOrDirectory, 0));
        }
        return OnnxEmbedder.open(nameOrDirectory, settings);
    }

    /** The model of one domain, of a model with experts. */
    private static Embedder ofDomain(String directory, String domain, int threads) {
        if (!isFolder(directory)) {
            throw ChiaroException.usage("--domain: expected the folder of a model with experts, but found \""
                    + directory + "\". chiaro fit --roles domain=COLUMN trains one.");
        }
        ModelDirectory opened = ModelDirectory.open(Path.of(directory));
        if (opened.onnx(domain).isPresent()) {
            return fresh(
                    OnnxEmbedder.open(opened, domain, OnnxSettings.defaults().withThreads(threads)));
        }
        try (TextModel whole = TextModel.load(directory, 0)) {
            return new FromWeights(whole.ofDomain(domain));
        }
    }

    /** Whether a model reads a query and a text as one. */
    public static boolean isCrossEncoder(String nameOrDirectory) {
        return isFolder(nameOrDirectory) && CrossEncoderDirectory.isOne(Path.of(nameOrDirectory));
    }

    /** Whether a model reads two texts as one and sorts them into classes. */
    public static boolean isPairClassifier(String nameOrDirectory) {
        return isCrossEncoder(nameOrDirectory)
                && CrossEncoderDirectory.open(Path.of(nameOrDirectory))
                        .specification()
                        .classifies();
    }

    /** The cross-encoder with classes of a directory; one without an ONNX graph is computed from its weights. */
    public static PairClassifier openPairClassifier(String option, String directory, int threads) {
        if (!isPairClassifier(directory)) {
            throw ChiaroException.usage(option
                    + ": expected the folder of a cross-encoder with classes, but found \"" + directory
                    + "\". chiaro fit --recipe cross-encoder --set loss=cross-entropy trains one.");
        }
        CrossEncoderDirectory opened = CrossEncoderDirectory.open(Path.of(directory));
        if (opened.onnx().isEmpty()) {
            return new ClassifyingFromWeights(CrossEncoder.load(directory, 0));
        }
        PairClassifier classifier =
                OnnxPairClassifier.open(opened, OnnxSettings.defaults().withThreads(threads));
        return fresh(classifier, PairClassifier::description, PairClassifier::close);
    }

    /** A trained cross-encoder with classes that is closed with its classifier. */
    private record ClassifyingFromWeights(CrossEncoder model) implements PairClassifier {

        @Override
        public List<String> classes() {
            return model.specification().classes();
        }

        @Override
        public float[][] logits(List<Pair> pairs) {
            return model.classifier().logits(pairs);
        }

        @Override
        public RerankerDescription description() {
            return model.classifier().description();
        }

        @Override
        public void close() {
            model.close();
        }
    }

    /** Whether a model compares a query and a text token by token. */
    public static boolean isLateInteraction(String nameOrDirectory) {
        return isFolder(nameOrDirectory) && LateInteractionDirectory.isOne(Path.of(nameOrDirectory));
    }

    /** Whether a model makes sparse vectors over its vocabulary. */
    public static boolean isSparse(String nameOrDirectory) {
        return isFolder(nameOrDirectory) && SparseDirectory.isOne(Path.of(nameOrDirectory));
    }

    /** The sparse encoder of a directory, by its ONNX graph. */
    public static TokenSparseEmbedder openSparse(String option, String directory, int threads) {
        return openSparse(option, directory, OnnxSettings.defaults().withThreads(threads));
    }

    /** The same with other settings. */
    public static TokenSparseEmbedder openSparse(String option, String directory, OnnxSettings settings) {
        if (!isSparse(directory)) {
            throw ChiaroException.usage(option + ": expected the folder of a sparse encoder, but found \"" + directory
                    + "\". chiaro fit --recipe splade trains one.");
        }
        TokenSparseEmbedder opened = OnnxSparseEmbedder.open(SparseDirectory.open(Path.of(directory)), settings);
        return fresh(opened, TokenSparseEmbedder::description, TokenSparseEmbedder::close);
    }

    private static boolean isFolder(String nameOrDirectory) {
        return EmbeddedModels.lookup(nameOrDirectory).isEmpty() && Files.isDirectory(Path.of(nameOrDirectory));
    }

    /** The cross-encoder or late-interaction model of a directory; one without an ONNX graph is computed from its weights. */
    public static Reranker openReranker(String option, String directory, int threads) {
        if (isLateInteraction(directory)) {
            return openLateInteraction(directory, threads);
        }
        refuseUnlessReranker(option, directory);
        CrossEncoderDirectory opened = CrossEncoderDirectory.open(Path.of(directory));
        opened.specification().requireScore();
        return opened.onnx().isPresent()
                ? fresh(OnnxCrossEncoder.open(opened, OnnxSettings.defaults().withThreads(threads)))
                : new ScoringFromWeights(CrossEncoder.load(directory, 0));
    }

    /** A late-interaction model; one without an ONNX graph is computed from its weights. */
    public static LateInteractionReranker openLateInteraction(String directory, int threads) {
        LateInteractionDirectory opened = LateInteractionDirectory.open(Path.of(directory));
        if (opened.onnx().isPresent()) {
            LateInteractionReranker reranker = OnnxTokenVectors.openReranker(
                    opened, OnnxSettings.defaults().withThreads(threads));
            fresh(reranker);
            return reranker;
        }
        LateInteraction model = LateInteraction.load(directory, 0, LateInteraction.Wishes.NONE);
        LateInteractionReranker reranker = model.reranker();
        return new LateInteractionReranker(reranker.tokens(), new VectorsFromWeights(model, reranker.source()));
    }

    /** Opens the ONNX graph of a reranker for a server, without LibTorch. */
    public static TokenReranker openServed(String option, String directory, OnnxSettings settings) {
        if (isLateInteraction(directory)) {
            return OnnxTokenVectors.openReranker(LateInteractionDirectory.open(Path.of(directory)), settings);
        }
        refuseUnlessReranker(option, directory);
        return OnnxCrossEncoder.open(CrossEncoderDirectory.open(Path.of(directory)), settings);
    }

    private static void refuseUnlessReranker(String option, String directory) {
        if (!isCrossEncoder(directory)) {
            throw ChiaroException.usage(option
                    + ": expected the folder of a cross-encoder or a late-interaction model, but found \"" + directory
                    + "\". chiaro fit --recipe cross-encoder or late-interaction trains one.");
        }
    }

    /** A trained late-interaction model that is closed with its vectors. */
    private record VectorsFromWeights(LateInteraction model, TokenVectorSource source) implements TokenVectorSource {

        @Override
        public List<TokenVectors> vectors(List<int[]> texts) {
            return source.vectors(texts);
        }

        @Override
        public RerankerDescription description() {
            return source.description();
        }

        @Override
        public void close() {
            model.close();
        }
    }

    /** A graph that is older than the weights beside it is refused when its model is described; nobody shall use it before. */
    private static <T> T fresh(T model, Consumer<? super T> describing, Consumer<? super T> closing) {
        try {
            describing.accept(model);
            return model;
        } catch (RuntimeException e) {
            closing.accept(model);
            throw e;
        }
    }

    private static Embedder fresh(Embedder model) {
        return fresh(model, Embedder::description, Embedder::close);
    }

    private static Reranker fresh(Reranker model) {
        return fresh(model, Reranker::description, Reranker::close);
    }

    /** A trained cross-encoder that is closed with its reranker. */
    private record ScoringFromWeights(CrossEncoder model) implements Reranker {

        @Override
        public float[] score(String query, List<String> texts) {
            return model.reranker().score(query, texts);
        }

        @Override
        public RerankerDescription description() {
            return model.reranker().description();
        }

        @Override
        public void close() {
            model.close();
        }
    }

    /**
     * The same with vectors in fewer numbers, if that is asked for.
     *
     * @param domain of the texts, in a model with experts; null for any other
     * @param first how many of the first numbers are kept, or null for all
     * @param active how many numbers of a sparse code are not zero, or null for no code
     */
    public static Embedder open(
            String nameOrDirectory,
            @Nullable String domain,
            int threads,
            @Nullable Integer first,
            @Nullable Integer active) {
        if (first != null && active != null) {
            throw ChiaroException.usage(
                    "--first and --active: expected one of them, since a sparse code is one of whole vectors.");
        }
        Optional<SparseCode> code =
                active == null ? Optional.empty() : Optional.of(SparseCode.open(Path.of(nameOrDirectory)));
        Embedder whole = domain == null ? open(nameOrDirectory, threads) : ofDomain(nameOrDirectory, domain, threads);
        try {
            if (first != null) {
                return ShortenedEmbedder.first(whole, first);
            }
            return active == null ? whole : ShortenedEmbedder.active(whole, code.orElseThrow(), active);
        } catch (RuntimeException e) {
            whole.close();
            throw e;
        }
    }

    /** The same of a model that all texts share. */
    public static Embedder open(
            String nameOrDirectory, int threads, @Nullable Integer first, @Nullable Integer active) {
        return open(nameOrDirectory, null, threads, first, active);
    }

    /** A trained model that is closed with its embedder. */
    record FromWeights(TextModel model) implements Embedder {

        @Override
        public float[][] embed(List<String> texts, TextRole role) {
            return model.embedder().embed(texts, role);
        }

        @Override
        public ModelDescription description() {
            return model.embedder().description();
        }

        @Override
        public void close() {
            model.close();
        }
    }
}
