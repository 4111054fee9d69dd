package io.chiaro.text;

import io.chiaro.core.ChiaroException;
import io.chiaro.core.Names;
import io.chiaro.model.BertConfig;
import io.chiaro.tensor.ParameterStore;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What {@code --set} says of a term that is learned beside the contrast and has parameters of its own.
 *
 * <ul>
 *   <li>{@code auxiliary}: its name, {@value ReplacedTokenDetection#NAME} or {@value Captioning#NAME};
 *   <li>{@code auxiliary-weight}: how much it counts beside the contrast, 0.005 or 2;
 *   <li>{@code generator}: what replaces tokens, {@code bigram} or {@code unigram};
 *   <li>{@code discriminator-layers}: as many as the encoder has, or fewer.
 * </ul>
 *
 * @param told settings by name
 */
record AuxiliarySettings(Map<String, String> told) {

    static final String TERM = "auxiliary";
    static final List<String> NAMES = List.of(TERM, "auxiliary-weight", "generator", "discriminator-layers");

    private static final List<String> TERMS = List.of(ReplacedTokenDetection.NAME, Captioning.NAME);
    private static final List<String> OF_DETECTION = List.of("generator", "discriminator-layers");
    private static final int MOST_WEIGHT = 1000;

    AuxiliarySettings {
        String term = told.get(TERM);
        if (term != null && !TERMS.contains(term)) {
            throw ChiaroException.usage("set " + TERM + ": unknown name \"" + term + "\". " + Names.hint(term, TERMS));
        }
        for (String setting : NAMES) {
            if (told.containsKey(setting) && term == null) {
                throw ChiaroException.usage("set " + setting + ": has no effect without set " + TERM
                        + ", and nothing is ignored silently. Give both or neither.");
            }
            if (told.containsKey(setting) && OF_DETECTION.contains(setting) && Captioning.NAME.equals(term)) {
                throw ChiaroException.usage("set " + setting + ": belongs to " + ReplacedTokenDetection.NAME
                        + " and has no effect on " + term + ". Leave it out.");
            }
        }
    }

    boolean isPresent() {
        return told.containsKey(TERM);
    }

    /** Whether tokens are edited, of a share that can be set. */
    boolean detects() {
        return ReplacedTokenDetection.NAME.equals(told.get(TERM));
    }

    /** Whether texts are written, of whose tokens the whole vocabulary is scored. */
    boolean writes() {
        return Captioning.NAME.equals(told.get(TERM));
    }

    /** Declares the parameters of the term, if there is one. */
    void declare(ParameterStore.Builder builder, BertConfig config, int dimension) {
        if (detects()) {
            ReplacedTokenDetection.declare(builder, config, dimension, layers(config.layers()));
        } else if (writes()) {
            Captioning.declare(builder, config, dimension);
        }
    }

    /** How much it counts. */
    double weight() {
        String written = told.getOrDefault("auxiliary-weight", writes() ? "2" : "0.005");
        try {
            double weight = Double.parseDouble(written);
            if (weight >= 0 && weight <= MOST_WEIGHT) {
                return weight;
            }
        } catch (NumberFormatException e) {
            // said below
        }
        throw ChiaroException.usage("set auxiliary-weight: expected a number from 0 to " + MOST_WEIGHT
                + ", but found \"" + written + "\".");
    }

    /** What replaces tokens. */
    ReplacementTokens.Kind generator() {
        String written = told.getOrDefault("generator", "bigram");
        List<String> valid = Arrays.stream(ReplacementTokens.Kind.values())
                .map(kind -> kind.name().toLowerCase(Locale.ROOT))
                .toList();
        if (!valid.contains(written)) {
            throw ChiaroException.usage(
                    "set generator: unknown name \"" + written + "\". " + Names.hint(written, valid));
        }
        return ReplacementTokens.Kind.valueOf(written.toUpperCase(Locale.ROOT));
    }

    /**
     * Layers of the discriminator.
     *
     * @param ofEncoder those of the encoder
     */
    int layers(int ofEncoder) {
        String written = told.getOrDefault("discriminator-layers", String.valueOf(ofEncoder));
        if (!written.matches("[1-9][0-9]{0,3}") || Integer.parseInt(written) > ofEncoder) {
            throw ChiaroException.usage("set discriminator-layers: expected a whole number from 1 to " + ofEncoder
                    + ", the layers of the encoder, but found \"" + written + "\".");
        }
        return Integer.parseInt(written);
    }
}
