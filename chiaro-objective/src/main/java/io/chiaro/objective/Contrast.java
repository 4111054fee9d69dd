package io.chiaro.objective;

import io.chiaro.core.ChiaroException;
import io.chiaro.tensor.Grad;
import io.chiaro.tensor.Scope;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The contrast term of the equation, one field for each slot. Every objective of this package is one filling of them:
 *
 * <pre>{@code
 * L = mean over i of D( p(. | i), q(. | i) ),   q(j | i) = w_ij exp(s_ij) / sum over k in C(i) of w_ik exp(s_ik)
 * }</pre>
 *
 * @param views where the two sides of a pair come from
 * @param pairing the candidates C(i) and the relation of each
 * @param synthetic keys that no encoder has made
 * @param supervision p
 * @param similarity s
 * @param weights log w
 * @param divergence D
 * @param tiling how in-batch scores are cut
 */
public record Contrast(
        ViewSource views,
        Pairing pairing,
        Synthetic synthetic,
        Supervision supervision,
        Similarity similarity,
        Weights weights,
        Divergence divergence,
        Tiling tiling)
        implements Objective {

    public Contrast {
        if (!divergence.supervision().isInstance(supervision)) {
            throw new IllegalArgumentException("Contrast: " + RecordSlots.named(divergence) + " needs "
                    + RecordSlots.kind(divergence.supervision()) + " as supervision, but found "
                    + RecordSlots.named(supervision));
        }
        if (pairing instanceof Pairing.Blocks != divergence instanceof RowDivergence) {
            throw new IllegalArgumentException(
                    "Contrast: blocks of rows and a divergence of rows belong together, but found "
                            + RecordSlots.named(pairing) + " and " + RecordSlots.named(divergence));
        }
        if (pairing instanceof Pairing.InBatch && !(divergence instanceof CrossEntropy)) {
            throw new IllegalArgumentException(
                    "Contrast: in-batch candidates need the cross-entropy, but found " + RecordSlots.named(divergence));
        }
        if (pairing instanceof Pairing.Blocks && similarity.kind().geometry().takesSeveral()) {
            throw new IllegalArgumentException(
                    "Contrast: many vectors an item are compared in-batch or aligned, but found "
                            + RecordSlots.named(pairing));
        }
        if (!weights.equals(Weights.NONE) && !(pairing instanceof Pairing.Blocks)) {
            throw new IllegalArgumentException(
                    "Contrast: weights belong to blocks of rows, but found " + RecordSlots.named(pairing));
        }
        if (pairing instanceof Pairing.Blocks blocks && divergence instanceof RowDivergence rows) {
            requireRead(blocks, supervision, rows);
            requireMeant(blocks, supervision, similarity, weights, rows);
        }
        boolean shares = divergence instanceof RowDivergence rows && rows.takesShares();
        boolean remembers = pairing instanceof Pairing.Blocks blocks
                && !blocks.among().memory().isEmpty();
        boolean second = supervision instanceof Supervision.TeacherView;
        if (supervision instanceof Supervision.Graded && (!shares || remembers && !second)) {
            throw new IllegalArgumentException("Contrast: " + RecordSlots.named(supervision)
                    + " needs a divergence that takes shares, and the rows of a batch, but found "
                    + RecordSlots.named(divergence) + " and " + RecordSlots.named(pairing));
        }
        boolean numbers = divergence instanceof RowDivergence rows && rows.readsNumbers();
        if (remembers && (weights.labelled() || numbers || supervision instanceof Supervision.GoldScores)) {
            throw new IllegalArgumentException("Contrast: the rows of a memory have no classes or numbers for "
                    + RecordSlots.named(weights.labelled() ? weights : divergence));
        }
        if ((weights.scored() || weights.guided()) && remembers) {
            throw new IllegalArgumentException(
                    "Contrast: the rows of a memory have no numbers and no guide for " + RecordSlots.named(weights));
        }
        if (!synthetic.equals(Synthetic.NONE)) {
            requireMakeable(pairing, synthetic, supervision, similarity, weights, divergence);
        }
        requireTemperature(pairing, similarity, weights, divergence);
    }

    /** Keys that no encoder has made are unit rows that belong to nothing. */
    private static void requireMakeable(
            Pairing pairing,
            Synthetic synthetic,
            Supervision supervision,
            Similarity similarity,
            Weights weights,
            Divergence divergence) {
        if (!(pairing instanceof Pairing.Blocks) || similarity.kind() != Similarity.Kind.COSINE) {
            throw new IllegalArgumentException("Contrast: synthetic keys need blocks of rows and the cosine, but found "
                    + RecordSlots.named(pairing) + " and " + RecordSlots.written(similarity.kind()));
        }
        boolean queue =
                pairing instanceof Pairing.Blocks blocks && blocks.among().queuesNegatives();
        if (synthetic instanceof Synthetic.InPlace inPlace && inPlace.changesQueue() && !queue) {
            throw new IllegalArgumentException("Contrast: " + RecordSlots.named(synthetic)
                    + " changes rows of a queue, but found " + RecordSlots.named(pairing));
        }
        boolean graded = supervision instanceof Supervision.Graded || supervision instanceof Supervision.GoldScores;
        boolean numbers = divergence instanceof RowDivergence rows && rows.readsNumbers();
        if (graded || numbers || weights.scored()) {
            throw new IllegalArgumentException("Contrast: synthetic keys have no degrees and no numbers for "
                    + RecordSlots.named(graded ? supervision : numbers ? divergence : weights));
        }
    }

    /** What supervises must be looked at, or it would be ignored silently. */
    private static void requireRead(Pairing.Blocks pairing, Supervision supervision, RowDivergence divergence) {
        if (supervision instanceof Supervision.GoldScores && divergence.supervision() != Supervision.GoldScores.class) {
            throw new IllegalArgumentException("Contrast: " + RecordSlots.named(divergence)
                    + " does not look at numbers, but found " + RecordSlots.named(supervision));
        }
        boolean labelled = pairing.among() == Pairing.Among.CLASSES || pairing.among() == Pairing.Among.PAST;
        if (labelled && !(supervision instanceof Supervision.SameLabel)) {
            throw new IllegalArgumentException(
                    "Contrast: candidates that are told apart by their labels need same-label as supervision, but found "
                            + RecordSlots.named(supervision) + " and " + RecordSlots.named(pairing));
        }
    }

    /** What is read must mean one thing, and not the contrary of what it is read as. */
    private static void requireMeant(
            Pairing.Blocks pairing,
            Supervision supervision,
            Similarity similarity,
            Weights weights,
            RowDivergence divergence) {
        boolean queue = pairing.among().queuesNegatives();
        boolean second = supervision instanceof Supervision.TeacherView;
        if (second && !pairing.among().ofFirstView()) {
            throw new IllegalArgumentException(
                    "Contrast: the second view teaches rows of the first, but found " + RecordSlots.named(pairing));
        }
        if (second && !similarity.kind().isProduct()) {
            throw new IllegalArgumentException(
                    "Contrast: what the second view says is known of cosine and dot, but found "
                            + RecordSlots.written(similarity.kind()));
        }
        if (pairing.among() == Pairing.Among.QUEUE_ALONE && !second) {
            throw new IllegalArgumentException(
                    "Contrast: in a queue alone nothing belongs to an anchor but by degrees of a"
                            + " teacher; expected teacher-view as supervision, but found "
                            + RecordSlots.named(supervision));
        }
        if (divergence.readsDistances() && !similarity.kind().isBelowZero()) {
            throw new IllegalArgumentException("Contrast: " + RecordSlots.named(divergence)
                    + " takes scores to be distances below zero, but found " + RecordSlots.written(similarity.kind())
                    + "; take a similarity such as unit-negative-distance");
        }
        if (divergence.comparesDistances()
                && !similarity.kind().isBelowZero()
                && similarity.kind() != Similarity.Kind.COSINE) {
            throw new IllegalArgumentException("Contrast: " + RecordSlots.named(divergence)
                    + " compares distances, which are not known of " + RecordSlots.written(similarity.kind())
                    + "; take the cosine or a distance");
        }
        if (divergence.readsItself() && queue && pairing.among() != Pairing.Among.CROSS_AND_QUEUE) {
            throw new IllegalArgumentException("Contrast: " + RecordSlots.named(divergence)
                    + " takes what is left out to be the anchor itself, which it is not beside a queue");
        }
        if (supervision instanceof Supervision.SameLabel && queue) {
            throw new IllegalArgumentException(
                    "Contrast: a queue holds negatives only, and would push rows of one label apart; take the pairing past");
        }
        if (weights instanceof Weights.OwnCluster own
                && (supervision instanceof Supervision.SameLabel
                        || own.kept() == 0 && supervision instanceof Supervision.Graded)) {
            throw new IllegalArgumentException("Contrast: " + RecordSlots.named(weights)
                    + " leaves out negatives of the anchor's class, of which " + RecordSlots.named(supervision)
                    + " has none, or knows by degrees");
        }
        int meanings = (supervision instanceof Supervision.GoldScores
                                || supervision instanceof Supervision.Graded graded
                                        && graded.basis() == Supervision.Basis.NUMBERS
                                || weights instanceof Weights.LabelDistance
                        ? 1
                        : 0)
                + (weights instanceof Weights.InversePropensity ? 1 : 0)
                + (divergence.readsNumbers() ? 1 : 0);
        if (meanings > 1) {
            throw new IllegalArgumentException("Contrast: a row has one number, but " + RecordSlots.named(supervision)
                    + ", " + RecordSlots.named(weights) + " and " + RecordSlots.named(divergence)
                    + " take it to mean several things");
        }
    }

    private static void requireTemperature(
            Pairing pairing, Similarity similarity, Weights weights, Divergence divergence) {
        TemperaturePolicy policy = similarity.temperaturePolicy();
        if (pairing instanceof Pairing.Aligned && !policy.equals(TemperaturePolicy.FIXED)) {
            throw new IllegalArgumentException(
                    "Contrast: the scale of " + RecordSlots.named(divergence) + " cannot be learned or scheduled");
        }
        if (!(pairing instanceof Pairing.Blocks) && !(policy instanceof TemperaturePolicy.OneForAll)) {
            throw new IllegalArgumentException("Contrast: the temperature policy " + RecordSlots.named(policy)
                    + " needs blocks of rows, but found " + RecordSlots.named(pairing));
        }
        if ((policy.readsPositives() || weights.readsPositives())
                && !similarity.kind().isProduct()) {
            throw new IllegalArgumentException("Contrast: how near positives are is known of cosine and dot, but found "
                    + RecordSlots.written(similarity.kind()));
        }
        boolean reads = divergence instanceof RowDivergence rows && rows.readsScale();
        if (reads && policy.isLearned()) {
            throw new IllegalArgumentException(
                    "Contrast: the scale of " + RecordSlots.named(divergence) + " cannot be learned");
        }
        boolean feels = divergence instanceof RowDivergence rows && rows.feelsBias();
        if (policy instanceof TemperaturePolicy.LearnedWithBias && !feels) {
            throw new IllegalArgumentException("Contrast: a bias changes nothing in " + RecordSlots.named(divergence)
                    + "; take the temperature policy learned");
        }
    }

    /** Columns of a record, even weights, the usual tiling. */
    public static Contrast of(Pairing pairing, Supervision supervision, Similarity similarity, Divergence divergence) {
        return new Contrast(
                ViewSource.COLUMNS,
                pairing,
                Synthetic.NONE,
                supervision,
                similarity,
                Weights.NONE,
                divergence,
                Tiling.defaults());
    }

    /** The same with pairs from another source. */
    public Contrast withViews(ViewSource source) {
        return new Contrast(source, pairing, synthetic, supervision, similarity, weights, divergence, tiling);
    }

    /** The same with other weights of candidates. */
    public Contrast withWeights(Weights other) {
        return new Contrast(views, pairing, synthetic, supervision, similarity, other, divergence, tiling);
    }

    /** The same with keys that no encoder has made. */
    public Contrast withSynthetic(Synthetic other) {
        return new Contrast(views, pairing, other, supervision, similarity, weights, divergence, tiling);
    }

    /** The same in other tiles. */
    public Contrast withTiling(Tiling other) {
        return new Contrast(views, pairing, synthetic, supervision, similarity, weights, divergence, other);
    }

    @Override
    public Evaluation evaluate(Views batch) {
        return evaluate(batch, Collective.alone());
    }

    @Override
    public Evaluation evaluate(Views own, Collective collective) {
        try (Grad off = Grad.disabled();
                Scope scope = Scope.open("objective")) {
            Gathered gathered = Gathered.of(own, collective);
            return gathered.own(evaluate(gathered)).escaped(scope);
        }
    }

    private Evaluation evaluate(Gathered gathered) {
        Views batch = gathered.whole();
        requireNumbers(batch);
        if (pairing instanceof Pairing.Blocks blocks) {
            requireNoMore(blocks, batch);
            return strips(gathered, blocks).evaluate();
        }
        Batch opened = new Batch(batch, similarity);
        opened.open();
        if (pairing instanceof Pairing.InBatch inBatch) {
            return new InBatchEngine(opened, gathered, inBatch, similarity, (CrossEntropy) divergence, tiling)
                    .evaluate();
        }
        return new AlignedEngine(opened, batch, supervision, similarity, divergence).evaluate();
    }

    private StripEngine strips(Gathered gathered, Pairing.Blocks blocks) {
        return new StripEngine(
                gathered, blocks, synthetic, supervision, similarity, weights, (RowDivergence) divergence, tiling);
    }

    private static void requireNoMore(Pairing.Blocks blocks, Views batch) {
        // The third of a cross and a queue is for the queue.
        int most = switch (blocks.among()) {
            case CROSS, CROSS_BOTH, QUEUE_ALONE -> 2;
            case CROSS_AND_QUEUE -> 3;
            default -> Integer.MAX_VALUE;
        };
        if (batch.list().size() > most) {
            throw ChiaroException.usage("objective: expected 2 views of an item, but found "
                    + batch.list().size() + ", and the pairing " + RecordSlots.written(blocks.among())
                    + " would ignore view " + (most + 1) + ". Give fewer.");
        }
    }

    private void requireNumbers(Views batch) {
        if (needs().guide() && batch.guides() == null) {
            throw ChiaroException.usage(
                    "objective: a guide masks false negatives, but the batch has no guide values. Name a guide model.");
        }
        for (ViewRole role : needs().roles()) {
            if (batch.first(role).isEmpty()) {
                throw ChiaroException.usage("objective: expected a view of role " + RecordSlots.written(role)
                        + ", but found none. Name its column.");
            }
        }
    }

    @Override
    public Needs needs() {
        if (pairing instanceof Pairing.Blocks blocks) {
            return needs(blocks.among());
        }
        boolean inBatch = pairing instanceof Pairing.InBatch;
        boolean alone = divergence instanceof SquaredError || divergence instanceof OrderedPairs;
        Set<ViewRole> roles = EnumSet.of(ViewRole.ANCHOR, ViewRole.POSITIVE);
        if (!inBatch && !alone) {
            roles.add(ViewRole.NEGATIVE);
        }
        return new Needs(
                roles,
                !alone,
                supervision instanceof Supervision.GoldScores || supervision instanceof Supervision.TeacherMargins,
                divergence instanceof SquaredError
                        && similarity.kind() == Similarity.Kind.COSINE
                        && similarity.scale() == 1,
                supervision instanceof Supervision.TeacherSoftmax,
                0,
                false,
                pairing instanceof Pairing.InBatch candidates && candidates.guide() != null,
                inBatch,
                views == ViewSource.DROPOUT,
                similarity.temperaturePolicy().memories(),
                roles.size(),
                Towers.ONLINE,
                0,
                "");
    }

    private Needs needs(Pairing.Among among) {
        boolean labelled = supervision instanceof Supervision.SameLabel;
        boolean graded = supervision instanceof Supervision.Graded;
        Set<Supervision.Basis> basis =
                supervision instanceof Supervision.Graded degrees ? EnumSet.of(degrees.basis()) : Set.of();
        boolean sets = basis.contains(Supervision.Basis.LABEL_SETS);
        boolean numbers = supervision instanceof Supervision.GoldScores || basis.contains(Supervision.Basis.NUMBERS);
        boolean read = divergence instanceof RowDivergence rows && rows.readsNumbers();
        boolean alone = among == Pairing.Among.BATCH || among == Pairing.Among.PAST;
        boolean single = among == Pairing.Among.CLASSES || alone && (labelled || numbers || graded);
        return new Needs(
                single ? EnumSet.of(ViewRole.ANCHOR) : EnumSet.of(ViewRole.ANCHOR, ViewRole.POSITIVE),
                false,
                numbers || read || weights.scored(),
                false,
                false,
                0,
                labelled || sets || weights.labelled(),
                basis.contains(Supervision.Basis.GUIDE) || weights.guided(),
                among != Pairing.Among.CLASSES && !labelled && !numbers && !graded,
                views == ViewSource.DROPOUT,
                Stream.of(
                                among.memories(),
                                similarity.temperaturePolicy().memories(),
                                sets ? Set.of(BatchRows.LABEL_SETS) : Set.<String>of(),
                                divergence instanceof RowDivergence remembering
                                        ? remembering.memories()
                                        : Set.<String>of())
                        .flatMap(Set::stream)
                        .collect(Collectors.toSet()),
                single ? 1 : 2,
                among.towers(),
                0,
                "");
    }

    @Override
    public String reduction() {
        if (divergence instanceof RowDivergence rows) {
            return rows.reduction();
        }
        if (divergence instanceof OrderedPairs) {
            return "one value of the batch";
        }
        return pairing instanceof Pairing.InBatch ? "mean over anchors with a positive" : "mean over items";
    }

    @Override
    public List<Explained> explained(Views batch) {
        try (Grad off = Grad.disabled();
                Scope scope = Scope.open("objective")) {
            Gathered gathered = Gathered.of(batch, Collective.alone());
            requireNumbers(batch);
            if (pairing instanceof Pairing.Blocks blocks) {
                return strips(gathered, blocks).explained();
            }
            Batch opened = new Batch(batch, similarity);
            opened.open();
            return pairing instanceof Pairing.InBatch inBatch
                    ? new InBatchEngine(opened, gathered, inBatch, similarity, (CrossEntropy) divergence, tiling)
                            .explained()
                    : List.of(new AlignedEngine(opened, batch, supervision, similarity, divergence).explained());
        }
    }

    @Override
    public Map<String, String> slots() {
        if (pairing instanceof Pairing.Blocks) {
            return RecordSlots.read(this);
        }
        Map<String, String> slots = new LinkedHashMap<>();
        slots.put("views", RecordSlots.written(views));
        if (pairing instanceof Pairing.InBatch inBatch) {
            slots.put("pairing", "in-batch");
            slots.put(
                    "directions",
                    String.join(
                            ",",
                            inBatch.directions().stream()
                                    .map(RecordSlots::written)
                                    .toList()));
            slots.put("partition", RecordSlots.written(inBatch.partition()));
            GuideMask guide = inBatch.guide();
            slots.put("guide-margin", guide == null ? "none" : RecordSlots.written(guide.margin()));
            slots.put("guide-form", guide == null ? "none" : RecordSlots.written(guide.form()));
        } else {
            slots.put("pairing", "aligned");
        }
        slots.put("supervision", RecordSlots.kind(supervision));
        if (supervision instanceof Supervision.TeacherSoftmax teacher) {
            slots.put("teacher-temperature", RecordSlots.written(teacher.temperature()));
        }
        slots.put("similarity", RecordSlots.written(similarity.kind()));
        slots.put("scale", RecordSlots.written(similarity.scale()));
        if (pairing instanceof Pairing.InBatch) {
            slots.put("temperature-policy", RecordSlots.named(similarity.temperaturePolicy()));
        }
        slots.put("weights", RecordSlots.kind(weights));
        slots.put("divergence", RecordSlots.kind(divergence));
        if (divergence instanceof Hinge hinge) {
            slots.put("margin", RecordSlots.written(hinge.margin()));
        }
        return slots;
    }
}
