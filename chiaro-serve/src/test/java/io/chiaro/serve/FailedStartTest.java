package io.chiaro.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chiaro.core.ChiaroException;
import io.chiaro.model.ModelDescription;
import io.chiaro.model.ModelSpecification;
import io.chiaro.model.TextRole;
import io.chiaro.model.TokenEmbedder;
import io.chiaro.model.Tokenizer;
import io.chiaro.onnx.OnnxEmbedder;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A server that cannot begin. */
class FailedStartTest {

    @TempDir
    Path folder = Path.of("");

    /** A model whose graph is older than its weights: it is found out when it is described. */
    private record Stale(TokenEmbedder model) implements TokenEmbedder {
        @Override
        public float[][] embedTokens(List<int[]> tokens) {
            return model.embedTokens(tokens);
        }

        @Override
        public ModelSpecification specification() {
            return model.specification();
        }

        @Override
        public Tokenizer tokenizer() {
            return model.tokenizer();
        }

        @Override
        public float[][] embed(List<String> texts, TextRole role) {
            return model.embed(texts, role);
        }

        @Override
        public ModelDescription description() {
            throw ChiaroException.model("tiny: the graph is older than the weights. Export it again.");
        }

        @Override
        public void close() {
            model.close();
        }
    }

    @Test
    void a_stale_model_is_refused_under_any_name_and_no_thread_is_left() {
        try (OnnxEmbedder model = TinyModel.create(folder.resolve("tiny"), 1, true)) {
            assertThatThrownBy(() -> new RunningServer(
                            new Stale(model),
                            List.of(),
                            ServerSettings.defaults().withName("fine")))
                    .isInstanceOf(ChiaroException.class)
                    .hasMessageContaining("older");
        }
        assertThat(Thread.getAllStackTraces().keySet())
                .extracting(Thread::getName)
                .noneMatch(name -> name.startsWith("chiaro-batch"));
    }
}
