package io.chiaro.text;

import io.chiaro.core.ChiaroException;
import io.chiaro.nn.PackedSequences;
import io.chiaro.train.AuxiliaryTerm;
import io.chiaro.train.TuningSettings;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Settings of a run that trains a {@link SparseEncoder}: {@code query-flops} and {@code document-flops}, the weights of the {@link
 * SparsityTerm}; {@code flops-steps}, after how many steps they count in full, a third of the run unless told; {@code max-tokens}; and {@code
 * head-start}, a {@link HeadStart}, {@code lexical} unless told where the base has no head of token prediction.
 */
final class SpladeKind implements ScorerSettings.Kind {

    private static final int MOST = 1 << 24;
    private static final double HEAVIEST = 1000;

    @Override
    public String recipe() {
        return ScorerTraining.SPLADE;
    }

    @Override
    public List<String> names() {
        return List.of("query-flops", "document-flops", "flops-steps", "max-tokens", "head-start");
    }

    /** Products of weights have no bounds, so that scores are compared with cosines. */
    @Override
    public List<String> losses() {
        return Stream.concat(ScorerSettings.CONTRASTS.stream(), ScorerSettings.GRADED.stream())
                .toList();
    }

    @Override
    public Map<String, String> slots() {
        return Map.of("similarity", "dot", "scale", "1");
    }

    /** A token has as many scores as the vocabulary has tokens. */
    @Override
    public int chunkTokens() {
        return 1024;
    }

    @Override
    public TextScorer load(String base, long seed, ScorerSettings told) {
        if (told.tuning().softPrompt() > 0) {
            throw ChiaroException.usage(
                    "recipe " + recipe() + ": weighs the tokens of its vocabulary, and those of set "
                            + TuningSettings.SOFT_PROMPT + " are none to find a text by. Leave it out, or take lora.");
        }
        return SparseEncoder.load(
                base,
                seed,
                told.values().whole("max-tokens", 3, MOST),
                told.values().choice("head-start", HeadStart.keys()).map(HeadStart::of),
                told.tuning());
    }

    @Override
    public List<AuxiliaryTerm<PackedSequences>> terms(ScorerSettings told, long steps, int perEpoch, int accumulate) {
        double rising = told.values()
                .whole("flops-steps", 1, MOST)
                .map(Integer::doubleValue)
                .orElse(Math.max(1, steps / 3.0));
        return List.of(new SparsityTerm(
                told.values().number("query-flops", 5e-5, 0, HEAVIEST),
                told.values().number("document-flops", 3e-5, 0, HEAVIEST),
                rising * accumulate,
                perEpoch));
    }
}
