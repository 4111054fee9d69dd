package io.chiaro.text;

import io.chiaro.model.LateInteractionSpecification;
import io.chiaro.nn.PackedSequences;
import io.chiaro.train.AuxiliaryTerm;
import java.util.List;
import java.util.Map;

/**
 * Settings of a run that trains a {@link LateInteraction}: {@code dimension}, {@code query-tokens}, {@code document-tokens}, {@code
 * query-expansion} and {@code skip-punctuation}, as {@link LateInteraction.Wishes} has them.
 */
final class LateInteractionKind implements ScorerSettings.Kind {

    private static final int MOST_TOKENS = 1 << 16;

    @Override
    public String recipe() {
        return ScorerTraining.LATE_INTERACTION;
    }

    @Override
    public List<String> names() {
        return List.of("dimension", "query-tokens", "document-tokens", "query-expansion", "skip-punctuation");
    }

    @Override
    public List<String> losses() {
        return ScorerSettings.CONTRASTS;
    }

    @Override
    public Map<String, String> slots() {
        return Map.of("similarity", "max-sim", "scale", "1");
    }

    @Override
    public int chunkTokens() {
        return 2048;
    }

    @Override
    public TextScorer load(String base, long seed, ScorerSettings told) {
        int least = LateInteractionSpecification.FEWEST_TOKENS;
        return LateInteraction.load(
                base,
                seed,
                new LateInteraction.Wishes(
                        told.values().whole("dimension", 1, MOST_TOKENS),
                        told.values().whole("query-tokens", least, MOST_TOKENS),
                        told.values().whole("document-tokens", least, MOST_TOKENS),
                        told.values().truth("query-expansion"),
                        told.values().truth("skip-punctuation")),
                told.tuning());
    }

    @Override
    public List<AuxiliaryTerm<PackedSequences>> terms(ScorerSettings told, long steps, int perEpoch, int accumulate) {
        return List.of();
    }
}
