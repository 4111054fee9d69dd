package io.chiaro.springboot;

import io.chiaro.model.Embedder;
import io.chiaro.onnx.OnnxEmbedder;
import io.chiaro.springai.ChiaroEmbeddingModel;
import java.util.Objects;
import org.springframework.ai.embedding.EmbeddingModel;
import org.springframework.ai.model.SpringAIModelProperties;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;

/**
 * Opens the model that {@code chiaro.embedding.model} names, closes it with the application, and puts it behind Spring AI's
 * embedding model.
 *
 * <p>An {@link Embedder} of the application's own takes the place of the first, an {@link EmbeddingModel} that of the second. Where
 * several starters could give the embedding model, {@code spring.ai.model.embedding=chiaro} chooses this one, another value another.
 */
@AutoConfiguration
@EnableConfigurationProperties(ChiaroEmbeddingProperties.class)
@ConditionalOnProperty(
        name = SpringAIModelProperties.EMBEDDING_MODEL,
        havingValue = ChiaroEmbeddingAutoConfiguration.NAME,
        matchIfMissing = true)
public class ChiaroEmbeddingAutoConfiguration {

    static final String NAME = "chiaro";

    @Bean(destroyMethod = "close")
    @ConditionalOnProperty("chiaro.embedding.model")
    @ConditionalOnMissingBean(Embedder.class)
    OnnxEmbedder chiaroEmbedder(ChiaroEmbeddingProperties properties) {
        return OnnxEmbedder.open(Objects.requireNonNull(properties.model()), properties.settings());
    }

    @Bean
    @ConditionalOnBean(Embedder.class)
    @ConditionalOnMissingBean(EmbeddingModel.class)
    ChiaroEmbeddingModel chiaroEmbeddingModel(Embedder embedder, ChiaroEmbeddingProperties properties) {
        return ChiaroEmbeddingModel.of(embedder).withRole(properties.stringRole());
    }
}
