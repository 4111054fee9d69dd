package io.chiaro.train;

import io.chiaro.tensor.ParameterStore;
import io.chiaro.tensor.SharpnessAscent;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The gradient of one step: the mean over the step's batches, taken where the weights are, or at the edge of a ball around
 * them,
 *
 * <pre>
 * g = 1/n sum_k grad L_k(w + e)        e = radius g_0 / |g_0|        g_0 = 1/n sum_k grad L_k(w)
 * </pre>
 *
 * (Foret et al., ICLR 2021, algorithm 1). Both looks at a batch have one address and so the same dropout masks. The first
 * keeps nothing, the second commits memories, so that a queue takes every batch in once, as it is seen at the edge. Vectors
 * that a run remembers beside its model do not climb: one that stands for nothing yet must stay untouched until it is
 * imprinted.
 *
 * <p>Used by the thread that trains.
 *
 * @param <C> what a chunk of a batch is
 */
final class StepGradient<C> implements AutoCloseable {

    /** How much higher the loss is at the edge, in the outcome's components. */
    static final String SHARPNESS = "sharpness";

    private final BatchSource<C> source;
    private final Learning<C> learning;
    private final GradientSettings settings;
    private final long seed;
    private final @Nullable SharpnessAscent ascent;

    StepGradient(BatchSource<C> source, Learning<C> learning, TrainerSettings settings) {
        this.source = source;
        this.learning = learning;
        this.settings = settings.gradient();
        this.seed = settings.seed();
        this.ascent = this.settings.sharpnessRadius() > 0
                ? new SharpnessAscent(learning.parameters(), parameter -> !Memories.keep(parameter))
                : null;
    }

    /**
     * What a step found.
     *
     * @param outcome means over the batches, sums of what was left out, and the embeddings of the last batch
     * @param tokens of all batches
     * @param paddingShare of all batches
     * @param epoch passes over the data at the end of the last batch
     */
    record Found(StepOutcome outcome, long tokens, double paddingShare, double epoch) {}

    /** Puts the gradient of a step into the parameters, whose values are the same before and after. */
    Found of(long step) {
        List<Batch<C>> batches = new ArrayList<>();
        for (int k = 0; k < settings.batches(); k++) {
            batches.add(source.batch(step * settings.batches() + k));
        }
        SharpnessAscent climbing = ascent;
        StepOutcome outcome =
                climbing == null ? look(batches, step, learning::accumulate) : lookFromAbove(batches, step, climbing);
        long tokens = 0;
        double positions = 0;
        for (Batch<C> batch : batches) {
            tokens += batch.tokens();
            positions += batch.tokens() / (1 - batch.paddingShare());
        }
        double padding = positions > 0 ? 1 - tokens / positions : 0;
        double share = batches.size() == 1 ? batches.get(0).paddingShare() : padding;
        return new Found(outcome, tokens, share, batches.get(batches.size() - 1).epoch());
    }

    private StepOutcome lookFromAbove(List<Batch<C>> batches, long step, SharpnessAscent climbing) {
        StepOutcome below = look(batches, step, learning::rehearse);
        climbing.climb(settings.sharpnessRadius());
        try {
            StepOutcome above = look(batches, step, learning::accumulate);
            Map<String, Double> components = new LinkedHashMap<>(below.components());
            components.put(SHARPNESS, above.loss() - below.loss());
            return new StepOutcome(
                    below.loss(),
                    below.chance(),
                    components,
                    below.maskedCells(),
                    below.skippedAnchors(),
                    below.anchors(),
                    below.positives());
        } finally {
            climbing.descend();
        }
    }

    /** Adds up the gradients of a batch. */
    private interface Look<C> {
        StepOutcome at(Batch<C> batch, long address);
    }

    private StepOutcome look(List<Batch<C>> batches, long step, Look<C> look) {
        ParameterStore parameters = learning.parameters();
        parameters.zeroGradients();
        List<StepOutcome> outcomes = new ArrayList<>();
        for (int k = 0; k < batches.size(); k++) {
            outcomes.add(look.at(batches.get(k), BatchSource.address(seed, step * settings.batches() + k)));
        }
        if (batches.size() == 1) {
            return outcomes.get(0);
        }
        parameters.scaleGradients(1.0 / batches.size());
        return mean(outcomes);
    }

    private static StepOutcome mean(List<StepOutcome> outcomes) {
        double loss = 0;
        double chance = 0;
        long masked = 0;
        long skipped = 0;
        Map<String, Double> components = new LinkedHashMap<>();
        for (StepOutcome outcome : outcomes) {
            loss += outcome.loss() / outcomes.size();
            chance += outcome.chance() / outcomes.size();
            masked += outcome.maskedCells();
            skipped += outcome.skippedAnchors();
            outcome.components().forEach((name, value) -> components.merge(name, value, Double::sum));
        }
        // A batch of one task has nothing to say of another.
        components.replaceAll((name, sum) -> sum
                / outcomes.stream()
                        .filter(outcome -> outcome.components().containsKey(name))
                        .count());
        StepOutcome last = outcomes.get(outcomes.size() - 1);
        return new StepOutcome(loss, chance, components, masked, skipped, last.anchors(), last.positives());
    }

    @Override
    public void close() {
        if (ascent != null) {
            ascent.close();
        }
    }
}
