package io.chiaro.cli.opening;

import io.chiaro.model.Embedder;
import io.chiaro.model.ModelSpecification;
import io.chiaro.model.ShortenedEmbedder;
import io.chiaro.model.TextRole;
import io.chiaro.model.TokenEmbedder;
import io.chiaro.model.Tokenizer;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** Counts the texts that a model cuts at its limit, so that no end of a text is lost quietly. */
public final class CutTexts {

    private final @Nullable Tokenizer tokenizer;
    private final @Nullable ModelSpecification specification;
    private long cut;
    private long all;

    private CutTexts(@Nullable Tokenizer tokenizer, @Nullable ModelSpecification specification) {
        this.tokenizer = tokenizer;
        this.specification = specification;
    }

    /** Counts nothing: of texts that are embedded a second time. */
    public static CutTexts none() {
        return new CutTexts(null, null);
    }

    /** Of a model; one whose tokens nobody can see counts nothing. */
    public static CutTexts of(Embedder embedder) {
        if (embedder instanceof ShortenedEmbedder shortened) {
            return of(shortened.whole());
        }
        if (embedder instanceof TokenEmbedder tokens) {
            return new CutTexts(tokens.tokenizer(), tokens.specification());
        }
        return embedder instanceof Models.FromWeights weights
                ? new CutTexts(weights.model().tokenizer(), weights.model().specification())
                : none();
    }

    /** Counts some texts that were embedded. */
    public void count(List<String> texts, TextRole role) {
        Tokenizer made = tokenizer;
        ModelSpecification limits = specification;
        if (made == null || limits == null) {
            return;
        }
        String prompt = limits.prompts().of(role);
        all += texts.size();
        cut += texts.stream()
                .filter(text -> made.exceeds(prompt + text, limits.maxTokens()))
                .count();
    }

    /** How many were cut; empty of a model whose tokens nobody can see. */
    public OptionalLong cut() {
        return tokenizer == null ? OptionalLong.empty() : OptionalLong.of(cut);
    }

    /** What is to be said; empty where nothing was cut. */
    public Optional<String> note() {
        ModelSpecification limits = specification;
        return cut == 0 || limits == null
                ? Optional.empty()
                : Optional.of(String.format(
                        Locale.ROOT,
                        "%,d of %,d texts were cut at %,d tokens, the limit of the model; split long ones beforehand",
                        cut,
                        all,
                        limits.maxTokens()));
    }
}
