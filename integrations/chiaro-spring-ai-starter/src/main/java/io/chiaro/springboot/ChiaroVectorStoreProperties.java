package io.chiaro.springboot;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * The properties of a vector store. Others under the same name are refused.
 *
 * @param folder of the index that keeps documents and vectors; begun where it is missing; without it no store is opened
 */
@ConfigurationProperties(prefix = "chiaro.vector-store", ignoreUnknownFields = false)
public record ChiaroVectorStoreProperties(@Nullable Path folder) {}
