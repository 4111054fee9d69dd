package io.chiaro.springai;

import io.chiaro.model.TextRole;
import org.jspecify.annotations.Nullable;
import org.springframework.ai.embedding.EmbeddingOptions;

/**
 * Says with a request what its texts are.
 *
 * @param role whose prompt of the model goes before each text
 */
public record ChiaroEmbeddingOptions(TextRole role) implements EmbeddingOptions {

    /** None: the model is the one that is asked. */
    @Override
    public @Nullable String getModel() {
        return null;
    }

    /** None: vectors are as long as the model makes them. */
    @Override
    public @Nullable Integer getDimensions() {
        return null;
    }
}
