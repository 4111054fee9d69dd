package io.chiaro.model;

import io.chiaro.core.JsonObject;
import java.util.Arrays;
import java.util.List;

/** What readers make of the number that a cross-encoder gives. It keeps the order of texts. */
public enum ScoreActivation {
    /** The number itself. */
    IDENTITY("torch.nn.modules.linear.Identity"),
    /** 1 / (1 + exp(-s)), from 0 to 1. */
    SIGMOID("torch.nn.modules.activation.Sigmoid");

    private final String written;

    ScoreActivation(String written) {
        this.written = written;
    }

    /** The name in a config.json, which sentence-transformers takes for a class of PyTorch. */
    String written() {
        return written;
    }

    /**
     * The activation that a config.json names under {@code sentence_transformers.activation_fn} or, older, at its root.
     *
     * @param usual where it names none
     */
    static ScoreActivation of(JsonObject config, ScoreActivation usual) {
        String old = "sbert_ce_default_activation_function";
        JsonObject section = config.isObject("sentence_transformers") ? config.object("sentence_transformers") : config;
        String name = section.string("activation_fn", config.has(old) ? config.string(old) : usual.written);
        String last = name.substring(name.lastIndexOf('.') + 1);
        for (ScoreActivation activation : values()) {
            if (name.startsWith("torch.nn.") && activation.written.endsWith("." + last)) {
                return activation;
            }
        }
        List<String> known =
                Arrays.stream(values()).map(ScoreActivation::written).toList();
        throw config.error("the activation function \"" + name + "\" is not supported. Supported: "
                + String.join(", ", known) + ".");
    }

    /** The activated score. */
    public double apply(double score) {
        return this == IDENTITY ? score : 1 / (1 + Math.exp(-score));
    }
}
