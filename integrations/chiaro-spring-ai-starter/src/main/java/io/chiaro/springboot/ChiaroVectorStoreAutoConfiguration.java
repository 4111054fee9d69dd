package io.chiaro.springboot;

import io.chiaro.springai.ChiaroEmbeddingModel;
import io.chiaro.springai.ChiaroVectorStore;
import io.micrometer.observation.ObservationRegistry;
import java.util.Objects;
import org.springframework.ai.vectorstore.SpringAIVectorStoreTypes;
import org.springframework.ai.vectorstore.VectorStore;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;

/**
 * Opens the index that {@code chiaro.vector-store.folder} names as Spring AI's vector store, and closes it with the application.
 *
 * <p>A {@link VectorStore} of the application's own takes its place. Where several starters could give the store, {@code
 * spring.ai.vectorstore.type=chiaro} chooses this one, another value another.
 */
@AutoConfiguration(after = ChiaroEmbeddingAutoConfiguration.class)
@EnableConfigurationProperties(ChiaroVectorStoreProperties.class)
@ConditionalOnProperty(
        name = SpringAIVectorStoreTypes.TYPE,
        havingValue = ChiaroEmbeddingAutoConfiguration.NAME,
        matchIfMissing = true)
public class ChiaroVectorStoreAutoConfiguration {

    @Bean(destroyMethod = "close")
    @ConditionalOnProperty("chiaro.vector-store.folder")
    @ConditionalOnMissingBean(VectorStore.class)
    ChiaroVectorStore chiaroVectorStore(
            ChiaroEmbeddingModel embedding,
            ChiaroVectorStoreProperties properties,
            ObjectProvider<ObservationRegistry> observations) {
        return ChiaroVectorStore.builder(Objects.requireNonNull(properties.folder()), embedding)
                .observationRegistry(observations.getIfUnique(() -> ObservationRegistry.NOOP))
                .build();
    }
}
