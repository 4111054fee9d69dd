package io.chiaro.cli.judging;

import io.chiaro.model.Embedder;
import io.chiaro.model.ModelDescription;
import io.chiaro.model.ModelDirectory;
import io.chiaro.model.TextRole;
import io.chiaro.onnx.EmbeddedModels;
import io.chiaro.onnx.OnnxEmbedder;
import io.chiaro.onnx.OnnxSettings;
import io.chiaro.text.TextModel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

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
                    ? OnnxEmbedder.open(directory, settings)
                    : new FromWeights(TextModel.load(nameOrDirectory, 0));
        }
        return OnnxEmbedder.open(nameOrDirectory, settings);
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
