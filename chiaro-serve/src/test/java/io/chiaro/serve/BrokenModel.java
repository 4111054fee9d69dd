package io.chiaro.serve;

import io.chiaro.model.ModelDescription;
import io.chiaro.model.ModelSpecification;
import io.chiaro.model.TextRole;
import io.chiaro.model.TokenEmbedder;
import io.chiaro.model.Tokenizer;
import java.util.List;

/** A model that fails at every batch, and says in its message what nobody shall see. */
final class BrokenModel implements TokenEmbedder {

    static final String SECRET = "the-text-that-broke-it";

    private final TokenEmbedder model;

    BrokenModel(TokenEmbedder model) {
        this.model = model;
    }

    @Override
    public float[][] embedTokens(List<int[]> tokens) {
        throw new IllegalArgumentException(SECRET);
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
        throw new IllegalArgumentException(SECRET);
    }

    @Override
    public ModelDescription description() {
        return model.description();
    }

    @Override
    public void close() {}
}
