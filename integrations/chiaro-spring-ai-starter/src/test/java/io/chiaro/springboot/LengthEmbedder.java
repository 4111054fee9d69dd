package io.chiaro.springboot;

import io.chiaro.model.Embedder;
import io.chiaro.model.ModelDescription;
import io.chiaro.model.Pooling;
import io.chiaro.model.Prompts;
import io.chiaro.model.TextRole;
import java.util.List;

/** Embeds a text as its length and its role. */
final class LengthEmbedder implements Embedder {

    @Override
    public float[][] embed(List<String> texts, TextRole role) {
        return texts.stream()
                .map(text -> new float[] {text.length(), role.ordinal()})
                .toArray(float[][]::new);
    }

    @Override
    public ModelDescription description() {
        return new ModelDescription("length", "0", 2, 512, List.of(Pooling.MEAN), false, Prompts.NONE);
    }

    @Override
    public void close() {}
}
