package io.chiaro.springboot;

import io.chiaro.model.TextRole;
import io.chiaro.onnx.OnnxSettings;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The properties of an embedding model. Others under the same name are refused.
 *
 * @param model name of an embedded model, or directory of one with its ONNX graph; without it no model is opened
 * @param threads batches that are computed side by side; all processors unless told
 * @param batchTokens largest number of tokens in a batch, padding included; 1,024 unless told
 * @param stringRole what strings are; documents are documents
 */
@ConfigurationProperties(prefix = "chiaro.embedding", ignoreUnknownFields = false)
public record ChiaroEmbeddingProperties(
        @Nullable String model,
        @Nullable Integer threads,
        @Nullable Integer batchTokens,
        @DefaultValue("query") TextRole stringRole) {

    OnnxSettings settings() {
        OnnxSettings defaults = OnnxSettings.defaults();
        return new OnnxSettings(
                threads == null ? defaults.threads() : threads,
                batchTokens == null ? defaults.batchTokens() : batchTokens);
    }
}
