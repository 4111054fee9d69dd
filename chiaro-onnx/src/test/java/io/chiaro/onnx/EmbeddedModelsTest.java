package io.chiaro.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chiaro.core.ChiaroException;
import io.chiaro.model.Pooling;
import io.chiaro.model.TextRole;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class EmbeddedModelsTest {

    @Test
    void each_model_brings_what_its_files_do_not_say() {
        EmbeddedModel minilm = EmbeddedModels.find("ALL-minilm-l6-V2");
        EmbeddedModel bge = EmbeddedModels.find("bge-small-en-v1.5");

        assertThat(minilm.name()).isEqualTo("all-MiniLM-L6-v2");
        assertThat(minilm.specification().poolings()).containsExactly(Pooling.MEAN);
        assertThat(minilm.description().maxTokens()).isEqualTo(256);
        assertThat(minilm.specification().prompts().of(TextRole.QUERY)).isEmpty();
        assertThat(bge.specification().poolings()).containsExactly(Pooling.CLS);
        assertThat(bge.description().maxTokens()).isEqualTo(512);
        assertThat(bge.specification().prompts().of(TextRole.QUERY))
                .isEqualTo("Represent this sentence for searching relevant passages: ");
        assertThat(bge.specification().prompts().of(TextRole.DOCUMENT)).isEmpty();
        assertThat(EmbeddedModels.all())
                .allMatch(EmbeddedModel::isPresent)
                .allMatch(model -> model.specification().normalized());
    }

    @Test
    void an_unknown_name_lists_the_valid_ones_and_the_nearest() {
        assertThatThrownBy(() -> EmbeddedModels.find("all-MiniLM-L12-v2"))
                .isInstanceOfSatisfying(
                        ChiaroException.class, e -> assertThat(e.kind()).isEqualTo(ChiaroException.Kind.USAGE))
                .hasMessage("model: expected the name of an embedded model, but found \"all-MiniLM-L12-v2\"."
                        + " Did you mean \"all-MiniLM-L6-v2\"? Valid: all-MiniLM-L6-v2, bge-small-en-v1.5.");
    }

    @Test
    void an_absent_artifact_is_named_by_its_coordinate() {
        EmbeddedModel absent = new EmbeddedModel(
                "none",
                "org.example:none",
                "no-such-file",
                "",
                1,
                0,
                EmbeddedModels.find("bge-small-en-v1.5").specification());

        assertThat(absent.isPresent()).isFalse();
        assertThatThrownBy(absent::onnx)
                .isInstanceOf(ChiaroException.class)
                .hasMessage("none: expected no-such-file.onnx on the class path, but it is not there."
                        + " Add the Maven artifact org.example:none to the project.");
    }

    @Test
    void another_file_of_the_same_name_is_not_taken_for_the_model() throws Exception {
        EmbeddedModel model = EmbeddedModels.find("all-MiniLM-L6-v2");
        Path other = Files.createTempDirectory("other");
        Path file = Files.write(other.resolve("all-minilm-l6-v2.onnx"), new byte[100]);
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        try (URLClassLoader loader = new URLClassLoader(new URL[] {other.toUri().toURL()}, null)) {
            thread.setContextClassLoader(loader);
            assertThatThrownBy(model::onnx)
                    .isInstanceOf(ChiaroException.class)
                    .hasMessageContaining("of 90387606 bytes with CRC-32 d89d07a7, but found 100 bytes");
        } finally {
            thread.setContextClassLoader(before);
            Files.delete(file);
            Files.delete(other);
        }
    }
}
