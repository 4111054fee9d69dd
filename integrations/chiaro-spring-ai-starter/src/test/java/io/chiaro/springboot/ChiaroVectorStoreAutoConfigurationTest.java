package io.chiaro.springboot;

import static org.assertj.core.api.Assertions.assertThat;

import io.chiaro.core.ChiaroException;
import io.chiaro.model.Embedder;
import io.chiaro.springai.ChiaroVectorStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.ai.document.Document;
import org.springframework.ai.embedding.EmbeddingModel;
import org.springframework.ai.vectorstore.SimpleVectorStore;
import org.springframework.ai.vectorstore.VectorStore;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

class ChiaroVectorStoreAutoConfigurationTest {

    @TempDir
    Path place;

    private final ApplicationContextRunner runner = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(
                    ChiaroEmbeddingAutoConfiguration.class, ChiaroVectorStoreAutoConfiguration.class));

    private ApplicationContextRunner withModel() {
        return runner.withBean(Embedder.class, LengthEmbedder::new);
    }

    private String folder() {
        return "chiaro.vector-store.folder=" + place.resolve("store");
    }

    @Test
    void a_property_opens_a_store_that_is_there_again_at_the_next_start() {
        withModel()
                .withPropertyValues(folder())
                .run(context ->
                        context.getBean(VectorStore.class).add(List.of(new Document("Ebb and flow follow the moon."))));

        withModel()
                .withPropertyValues(folder())
                .run(context -> assertThat(context.getBean(VectorStore.class).similaritySearch("tides"))
                        .extracting(Document::getText)
                        .containsExactly("Ebb and flow follow the moon."));
    }

    @Test
    void without_the_property_there_is_no_store_nor_where_spring_is_told_of_another() {
        withModel()
                .run(context ->
                        assertThat(context).hasSingleBean(EmbeddingModel.class).doesNotHaveBean(VectorStore.class));
        withModel()
                .withPropertyValues(folder(), "spring.ai.vectorstore.type=pgvector")
                .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean(VectorStore.class));
    }

    @Test
    void a_store_of_the_application_is_left_alone() {
        withModel()
                .withUserConfiguration(OwnStore.class)
                .withPropertyValues(folder())
                .run(context ->
                        assertThat(context).hasSingleBean(VectorStore.class).doesNotHaveBean(ChiaroVectorStore.class));
    }

    @Test
    void a_store_without_a_model_a_folder_of_something_else_and_an_unknown_property_end_the_start() throws Exception {
        runner.withPropertyValues(folder())
                .run(context -> assertThat(context).getFailure().hasMessageContaining("ChiaroEmbeddingModel"));
        Files.createDirectories(place.resolve("store"));
        Files.writeString(place.resolve("store/notes.txt"), "mine");
        withModel()
                .withPropertyValues(folder())
                .run(context -> assertThat(context)
                        .getFailure()
                        .rootCause()
                        .isInstanceOf(ChiaroException.class)
                        .hasMessageContaining("notes.txt"));
        withModel()
                .withPropertyValues("chiaro.vector-store.path=x")
                .run(context -> assertThat(context)
                        .getFailure()
                        .rootCause()
                        .hasMessageContaining("[chiaro.vector-store.path]"));
    }

    @Configuration
    static class OwnStore {
        @Bean
        VectorStore ownStore(EmbeddingModel model) {
            return SimpleVectorStore.builder(model).build();
        }
    }
}
