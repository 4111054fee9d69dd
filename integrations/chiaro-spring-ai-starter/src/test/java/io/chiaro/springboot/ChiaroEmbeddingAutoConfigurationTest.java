package io.chiaro.springboot;

import static org.assertj.core.api.Assertions.as;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;

import io.chiaro.core.ChiaroException;
import io.chiaro.core.Json;
import io.chiaro.core.JsonObject;
import io.chiaro.model.Embedder;
import io.chiaro.model.TextRole;
import io.chiaro.onnx.OnnxEmbedder;
import io.chiaro.springai.ChiaroEmbeddingModel;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.springframework.ai.embedding.EmbeddingModel;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.diagnostics.FailureAnalyzer;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.io.support.SpringFactoriesLoader;

class ChiaroEmbeddingAutoConfigurationTest {

    private static final String QUIET = "--spring.main.banner-mode=off";
    private static final String MODEL = "chiaro.embedding.model=all-MiniLM-L6-v2";

    private final ApplicationContextRunner runner = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(ChiaroEmbeddingAutoConfiguration.class));

    @Test
    void a_property_opens_a_model_and_the_end_of_the_application_closes_it() {
        List<OnnxEmbedder> opened = new ArrayList<>();
        runner.withPropertyValues(MODEL, "chiaro.embedding.threads=1").run(context -> {
            EmbeddingModel model = context.getBean(EmbeddingModel.class);
            opened.add(context.getBean(OnnxEmbedder.class));

            assertThat(model.embed("tea"))
                    .isEqualTo(opened.get(0).embed(List.of("tea"), TextRole.QUERY)[0])
                    .hasSize(model.dimensions());
        });

        assertThatIllegalStateException().isThrownBy(() -> opened.get(0).embed(List.of("tea"), TextRole.TEXT));
    }

    @Test
    void without_the_property_there_is_no_model() {
        runner.run(context -> assertThat(context)
                .hasNotFailed()
                .doesNotHaveBean(Embedder.class)
                .doesNotHaveBean(EmbeddingModel.class));
    }

    @Test
    void an_embedder_of_the_application_is_taken_and_strings_get_the_role_that_is_set() {
        runner.withUserConfiguration(OwnEmbedder.class)
                .withPropertyValues(MODEL, "chiaro.embedding.string-role=document")
                .run(context -> {
                    assertThat(context).doesNotHaveBean(OnnxEmbedder.class).hasSingleBean(ChiaroEmbeddingModel.class);
                    assertThat(context.getBean(EmbeddingModel.class).embed("tea"))
                            .containsExactly(3, TextRole.DOCUMENT.ordinal());
                });
    }

    @Test
    void an_embedding_model_of_the_application_is_left_alone() {
        runner.withUserConfiguration(OwnModel.class)
                .withPropertyValues(MODEL)
                .run(context ->
                        assertThat(context).hasSingleBean(EmbeddingModel.class).hasBean("ownModel"));
    }

    @Test
    void springs_choice_of_the_embedding_model_is_obeyed() {
        runner.withUserConfiguration(OwnEmbedder.class)
                .withPropertyValues("spring.ai.model.embedding=openai")
                .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean(EmbeddingModel.class));
        runner.withUserConfiguration(OwnEmbedder.class)
                .withPropertyValues("spring.ai.model.embedding=chiaro")
                .run(context -> assertThat(context).hasSingleBean(ChiaroEmbeddingModel.class));
    }

    @Test
    void a_property_that_is_not_known_ends_the_start() {
        runner.withPropertyValues(MODEL, "chiaro.embedding.thread=1")
                .run(context ->
                        assertThat(context).getFailure().rootCause().hasMessageContaining("[chiaro.embedding.thread]"));
    }

    @Test
    void a_model_that_is_not_there_ends_the_start() {
        runner.withPropertyValues("chiaro.embedding.model=all-MiniLM-L6")
                .run(context -> assertThat(context)
                        .getFailure()
                        .rootCause()
                        .isInstanceOf(ChiaroException.class)
                        .hasMessageContaining("Did you mean \"all-MiniLM-L6-v2\"?"));
    }

    @Test
    void an_application_finds_the_starter_by_itself() {
        try (ConfigurableApplicationContext context =
                SpringApplication.run(Application.class, "--" + MODEL, "--chiaro.embedding.string-role=text", QUIET)) {
            assertThat(context.getBean(EmbeddingModel.class).embed("tea"))
                    .isEqualTo(context.getBean(Embedder.class).embed(List.of("tea"), TextRole.TEXT)[0]);
        }
    }

    @Test
    void one_that_cannot_start_says_why_in_a_sentence() {
        Throwable failure =
                catchThrowable(() -> SpringApplication.run(Application.class, "--chiaro.embedding.model=none", QUIET));

        // Those of Boot that want arguments are passed over.
        List<FailureAnalyzer> analyzers = SpringFactoriesLoader.forDefaultResourceLocation()
                .load(FailureAnalyzer.class, (type, name, cause) -> {});
        assertThat(analyzers)
                .extracting(analyzer -> analyzer.analyze(failure))
                .filteredOn(Objects::nonNull)
                .extracting(FailureAnalysis::getDescription)
                .singleElement(as(STRING))
                .contains("expected the name of an embedded model or a model directory, but \"none\" is neither")
                .doesNotContain("Exception");
    }

    @Test
    void editors_are_told_of_the_properties() throws IOException {
        String metadata;
        try (InputStream stream = Objects.requireNonNull(
                ChiaroEmbeddingProperties.class.getResourceAsStream("/META-INF/spring-configuration-metadata.json"))) {
            metadata = new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        }
        List<JsonObject> properties = Json.parse("metadata", metadata).objects("properties");

        assertThat(properties)
                .extracting(property -> property.string("name"))
                .containsExactlyInAnyOrder(
                        "chiaro.embedding.model",
                        "chiaro.embedding.threads",
                        "chiaro.embedding.batch-tokens",
                        "chiaro.embedding.string-role",
                        "chiaro.vector-store.folder");
        assertThat(properties)
                .allSatisfy(
                        property -> assertThat(property.string("description")).isNotBlank());
        String page = Files.readString(Path.of("../../docs/integrations.md"));
        assertThat(properties).allSatisfy(property -> assertThat(page).contains("`" + property.string("name") + "`"));
    }

    @Configuration
    @EnableAutoConfiguration
    static class Application {}

    @Configuration
    static class OwnEmbedder {
        @Bean
        Embedder ownEmbedder() {
            return new LengthEmbedder();
        }
    }

    @Configuration
    static class OwnModel {
        @Bean
        EmbeddingModel ownModel() {
            return ChiaroEmbeddingModel.of(new LengthEmbedder());
        }
    }
}
