package io.chiaro.cli.judging;

import io.chiaro.core.ChiaroException;
import io.chiaro.model.CrossEncoderDirectory;
import io.chiaro.model.Embedder;
import io.chiaro.model.ModelDescription;
import io.chiaro.model.ModelDirectory;
import io.chiaro.model.Reranker;
import io.chiaro.model.RerankerDescription;
import io.chiaro.model.ShortenedEmbedder;
import io.chiaro.model.SparseCode;
import io.chiaro.model.TextRole;
import io.chiaro.onnx.EmbeddedModels;
import io.chiaro.onnx.OnnxCrossEncoder;
import io.chiaro.onnx.OnnxEmbedder;
import io.chiaro.onnx.OnnxSettings;
import io.chiaro.text.CrossEncoder;
import io.chiaro.text.TextModel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
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
            return directory.onnx().isPresent()
                    ? fresh(OnnxEmbedder.open(directory, settings))
                    : new FromWeights(TextModel.load(nameOrDirectory, 0));
        }
        return OnnxEmbedder.open(nameOrDirectory, settings);
    }

    /** Whether a model scores texts for a query and does not embed them. */
    public static boolean isCrossEncoder(String nameOrDirectory) {
        return EmbeddedModels.lookup(nameOrDirectory).isEmpty()
                && Files.isDirectory(Path.of(nameOrDirectory))
                && CrossEncoderDirectory.isOne(Path.of(nameOrDirectory));
    }

    /** The cross-encoder of a directory; one without an ONNX graph is computed from its weights. */
    public static Reranker openReranker(String option, String directory, int threads) {
        if (!isCrossEncoder(directory)) {
            throw ChiaroException.usage(option + ": expected the folder of a cross-encoder, but found \"" + directory
                    + "\". chiaro fit --recipe cross-encoder trains one.");
        }
        CrossEncoderDirectory opened = CrossEncoderDirectory.open(Path.of(directory));
        return opened.onnx().isPresent()
                ? fresh(OnnxCrossEncoder.open(opened, OnnxSettings.defaults().withThreads(threads)))
                : new ScoringFromWeights(CrossEncoder.load(directory, 0));
    }

    /** A graph that is older than the weights beside it is refused when its model is described; nobody shall use it before. */
    private static Embedder fresh(Embedder model) {
        try {
            model.description();
            return model;
        } catch (RuntimeException e) {
            model.close();
            throw e;
        }
    }

    private static Reranker fresh(Reranker model) {
        try {
            model.description();
            return model;
        } catch (RuntimeException e) {
            model.close();
            throw e;
        }
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
     * @param first how many of the first numbers are kept, or null for all
     * @param active how many numbers of a sparse code are not zero, or null for no code
     */
    public static Embedder open(
            String nameOrDirectory, int threads, @Nullable Integer first, @Nullable Integer active) {
        if (first != null && active != null) {
            throw ChiaroException.usage(
                    "--first and --active: expected one of them, since a sparse code is one of whole vectors.");
        }
        Optional<SparseCode> code =
                active == null ? Optional.empty() : Optional.of(SparseCode.open(Path.of(nameOrDirectory)));
        Embedder whole = open(nameOrDirectory, threads);
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

    /** A trained model that is closed with its embedder. */
    private record FromWeights(TextModel model) implements Embedder {

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
