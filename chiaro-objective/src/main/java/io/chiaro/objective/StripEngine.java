package io.chiaro.objective;

import io.chiaro.core.RandomStream;
import io.chiaro.tensor.DType;
import io.chiaro.tensor.Grad;
import io.chiaro.tensor.Scope;
import io.chiaro.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Evaluates a {@link RowDivergence}. Anchors are taken in strips, so that memory grows with the strip and never with the
 * square of the batch. Only the expression from a strip's scores to its value is recorded; from the gradient to the scores
 * two products of matrices lead to the embeddings.
 *
 * <p>Where a value has several parts, each a mean over what it counts, the counts must be known before a gradient, and the
 * strips are gone through twice. The value of a collapsed model and the share of anchors whose positive is
 * first are those of the first strip. Of several workers each goes through the anchors of its own rows.
 */
final class StripEngine {

    private final Gathered gathered;
    private final Similarity similarity;
    private final TemperaturePolicy policy;
    private final Weights weights;
    private final RowDivergence divergence;
    private final Geometry geometry;
    private final double bias;
    private final long cells;
    private final int fewest;
    private final String memory;
    private final BatchRows batch;
    private final Tensor rows;
    private final List<StripBlock> blocks;
    private final List<Strip.Nearness> nearness;
    private final Tensor scales;
    private final double oneScale;
    private final Supervision.@Nullable Graded graded;
    private final @Nullable Tensor knownRows;
    private final long[] classes;
    private final @Nullable Tensor guides;
    private final KeysInPlace inPlace;
    private final List<Synthetic.Keys> keys;

    StripEngine(
            Gathered gathered,
            Pairing.Blocks pairing,
            Synthetic synthetic,
            Supervision supervision,
            Similarity similarity,
            Weights weights,
            RowDivergence divergence,
            Tiling tiling) {
        this.gathered = gathered;
        this.similarity = similarity;
        this.policy = similarity.temperaturePolicy();
        this.weights = weights;
        this.divergence = divergence;
        this.geometry = similarity.kind().geometry();
        this.bias = similarity.biasIn(gathered.whole());
        this.cells = Math.max(tiling.keptCells(), tiling.columns());
        this.fewest = tiling.rows() / 8;
        memory = pairing.among().memory();
        batch = new BatchRows(
                gathered.whole(),
                pairing.among().compared(gathered.whole().list().size()),
                geometry,
                memory,
                policy.columns());
        inPlace = KeysInPlace.of(synthetic, batch);
        rows = inPlace.rows();
        graded = supervision instanceof Supervision.Graded degrees ? degrees : null;
        knownRows = graded == null ? null : batch.known(graded.basis());
        classes = weights.labelled() ? batch.keys(true) : new long[0];
        blocks = StripBlock.of(pairing.among(), batch, supervision instanceof Supervision.SameLabel);
        nearness = policy.readsPositives() || weights.readsPositives()
                ? blocks.stream().map(this::nearness).toList()
                : List.of();
        scales = policy.scales(similarity.scale(), batch, this::meanNearness);
        guides = weights.guided() ? batch.known(Supervision.Basis.GUIDE) : null;
        oneScale = scales.size(0) == 1 ? scales.item() : Double.NaN;
        keys = synthetic instanceof Synthetic.Beside made
                ? IntStream.range(0, blocks.size())
                        .mapToObj(b -> made.beside(new AnchorsOf(b)))
                        .toList()
                : List.of();
    }

    private Strip.Nearness nearness(StripBlock block) {
        Tensor own = rows.narrow(0, block.from(), block.anchors())
                .multiply(block.positiveMeans(rows))
                .sum(1, false);
        double[] positives = block.positives();
        int[] counted = IntStream.range(0, positives.length)
                .filter(i -> positives[i] > 0)
                .toArray();
        return new Strip.Nearness(own, own.indexSelect(0, Tensor.indices(counted)));
    }

    private double meanNearness() {
        double sum = 0;
        long count = 0;
        for (Strip.Nearness block : nearness) {
            sum += block.all().sum().item();
            count += block.all().count();
        }
        return count == 0 ? 0 : sum / count;
    }

    Evaluation evaluate() {
        Slopes gradient = new Slopes();
        Totals totals = new Totals();
        Remembering remembering = new Remembering();
        for (int b = 0; b < blocks.size(); b++) {
            try (Scope scope = Scope.open("block")) {
                evaluate(b, gradient, totals, remembering);
            }
        }
        totals.share();
        gradient = gradient.ofAll();
        Map<String, Tensor> memoryGradients = new LinkedHashMap<>();
        if (Views.LEARNED.contains(memory)) {
            memoryGradients.put(memory, batch.memoryGradient(gradient.rows));
        }
        Set<String> numbers = policy.memories();
        if (numbers.contains(Similarity.LOG_SCALE)) {
            memoryGradients.put(
                    Similarity.LOG_SCALE,
                    Tensor.of(new double[] {gradient.logScales.sum().item()}, 1, 1));
        }
        if (numbers.contains(Similarity.BIAS)) {
            memoryGradients.put(Similarity.BIAS, Tensor.of(new double[] {gradient.bias}, 1, 1));
        }
        return new Evaluation(
                totals.value(totals.sums),
                // What a collapsed model has in its memories nobody knows.
                remembering.isEmpty() ? totals.value(totals.constants) : Double.NaN,
                null,
                Map.of("top-1", totals.topOne()),
                batch.gradients(
                        gradient.rows,
                        policy.columns() == 0
                                ? null
                                : gradient.logScales.multiply(TemperaturePolicy.Predicted.slopes(batch.lastNumbers()))),
                memoryGradients,
                remembering.moved(),
                totals.anchors,
                totals.skipped,
                0);
    }

    /**
     * A value of one part has a gradient but for its count, which divides it in the end: the strips are gone through once. Of
     * several parts the counts must be known first.
     */
    private void evaluate(int b, Slopes gradient, Totals totals, Remembering remembering) {
        boolean alone = blocks.size() == 1;
        Slopes undivided = alone ? gradient : new Slopes();
        for (StripBlock strip : strips(blocks.get(b))) {
            try (Scope scope = Scope.open("strip")) {
                Strip scored = strip(b, strip);
                Tensor leaf = scored.scores().detach().leaf();
                Tensor toScores = null;
                List<RowDivergence.Term> terms;
                try (Grad on = Grad.enabled()) {
                    terms = divergence.terms(weighted(scored.withScores(leaf)));
                    if (terms.size() == 1) {
                        toScores = toScores(leaf, terms.get(0).sums().sum());
                    }
                }
                totals.add(b, terms, told(strip, scored));
                if (begins(strip.from(), blocks.get(b))) {
                    totals.rank(scored);
                    totals.addConstant(b, divergence.terms(weighted(scored.withScores(constant(scored)))));
                }
                remembering.add(strip, scored);
                if (toScores != null) {
                    pull(strip, scored, toScores, undivided);
                }
            }
        }
        double[] counts = totals.countsOfAll(b);
        if (counts.length > 1) {
            for (StripBlock strip : strips(blocks.get(b))) {
                try (Scope scope = Scope.open("gradient of a strip")) {
                    pullParts(b, strip, counts, gradient);
                }
            }
        } else if (counts.length == 1 && counts[0] > 0) {
            undivided.multiply(1 / (counts[0] * blocks.size()));
            if (!alone) {
                gradient.add(undivided);
            }
        }
    }

    /** With log w in the scores. */
    private Strip weighted(Strip strip) {
        return weights.equals(Weights.NONE) ? strip : weights.weighed(strip);
    }

    /** The gradient of a value to the scores it was made of; null if it was not made of them. */
    private static @Nullable Tensor toScores(Tensor leaf, Tensor value) {
        if (!value.requiresGrad()) {
            return null;
        }
        value.backward();
        return leaf.gradient();
    }

    /** Every block as a table, with what the divergence makes of it. */
    List<Explained> explained() {
        List<Explained> tables = new ArrayList<>();
        for (int b = 0; b < blocks.size(); b++) {
            StripBlock block = blocks.get(b);
            Strip strip = strip(b, block);
            int n = block.anchors();
            int m = Math.toIntExact(strip.scores().size(1));
            double[] scores = strip.scores().toDoubles();
            double[] positives = strip.positives().to(DType.DOUBLE).toDoubles();
            double[] negatives = strip.negatives().to(DType.DOUBLE).toDoubles();
            double[][] cells = new double[n][m];
            Relation[][] relations = new Relation[n][m];
            for (int i = 0; i < n; i++) {
                for (int j = 0; j < m; j++) {
                    int at = i * m + j;
                    boolean self = j < block.candidates() && block.from() + i == block.first() + j;
                    cells[i][j] = scores[at];
                    relations[i][j] = positives[at] > 0
                            ? Relation.POSITIVE
                            : negatives[at] > 0 ? Relation.NEGATIVE : self ? Relation.SELF : Relation.IGNORE;
                }
            }
            ScoreTable table =
                    new ScoreTable(cells, relations, graded == null ? new double[n][0] : rows(strip.shares(), n, m));
            tables.add(new Explained(
                    table,
                    rows(pulled(strip), n, m),
                    divergence.compared(weighted(strip)).map(compared -> shares(compared, n, m))));
        }
        return tables;
    }

    /** d value of an anchor / d score: each part of the value as if a row counted for as much as the whole. */
    private Tensor pulled(Strip strip) {
        Tensor leaf = strip.scores().detach().leaf();
        try (Grad on = Grad.enabled()) {
            Tensor value = leaf.multiply(0).sum();
            List<RowDivergence.Term> terms = divergence.terms(weighted(strip.withScores(leaf)));
            for (RowDivergence.Term term : terms) {
                double share = terms.size() == 1
                        ? 1
                        : strip.scores().size(0)
                                / Math.max(1, term.counts().sum().item());
                value = value.add(term.sums().sum().multiply(share));
            }
            value.backward();
        }
        return Objects.requireNonNull(leaf.gradient());
    }

    private static Explained.Shares shares(RowDivergence.Compared compared, int n, int m) {
        Tensor below = compared.logDenominators();
        return new Explained.Shares(
                rows(compared.targets(), n, m),
                rows(compared.model(), n, m),
                below == null ? new double[0] : below.exp().toDoubles());
    }

    private static double[][] rows(Tensor table, int n, int m) {
        double[] flat = table.toDoubles();
        double[][] rows = new double[n][];
        Arrays.setAll(rows, i -> Arrays.copyOfRange(flat, i * m, (i + 1) * m));
        return rows;
    }

    /** The score that equal vectors have: what a collapsed model gives every cell. */
    private Tensor constant(Strip strip) {
        return strip.scores().multiply(0).add(equal(strip.scales()));
    }

    private Tensor equal(Tensor scales) {
        return (similarity.kind().isBelowZero() ? scales.multiply(0) : scales).add(bias);
    }

    /** Those of this worker's own rows. */
    private List<StripBlock> strips(StripBlock block) {
        return strips(block, gathered.stretches());
    }

    private List<StripBlock> strips(StripBlock block, List<int[]> stretches) {
        // Each strip adds to the gradients of all candidates, which is only worth while for enough anchors.
        long anchors = Math.max(fewest, cells / Math.max(1, block.last() - block.first()));
        int size = (int) Math.max(1, Math.min(block.to() - block.from(), anchors));
        List<StripBlock> strips = new ArrayList<>();
        for (int[] stretch : stretches) {
            int end = Math.min(block.to(), stretch[1]);
            for (int from = Math.max(block.from(), stretch[0]); from < end; from += size) {
                strips.add(block.strip(from, Math.min(end, from + size)));
            }
        }
        return strips;
    }

    /** Whether an anchor is the first of a stretch: the anchors of its strip stand for the others. */
    private boolean begins(int anchor, StripBlock block) {
        return gathered.stretches().stream().anyMatch(stretch -> anchor == Math.max(block.from(), stretch[0]));
    }

    private Geometry.Block sides(StripBlock strip) {
        return new Geometry.Block(
                rows.narrow(0, strip.from(), strip.to() - strip.from()),
                rows.narrow(0, strip.first(), strip.last() - strip.first()),
                false);
    }

    /** Anchors with the candidates of the batch. */
    private Strip ofBatch(int b, StripBlock strip) {
        int n = strip.anchors();
        int m = strip.candidates();
        Tensor same = Tensor.of(strip.anchorKeys(), n, 1).isEqual(Tensor.of(strip.candidateKeys(), 1, m));
        Tensor places = Tensor.range(m);
        long[] own = new long[n];
        Arrays.setAll(own, i -> strip.from() + i - strip.first());
        Tensor other = Tensor.of(own, n, 1).isEqual(places.reshape(1, m)).not();
        Tensor negatives = same.not();
        if (strip.negativesFrom() > 0) {
            negatives =
                    negatives.and(places.isGreater(strip.negativesFrom() - 0.5).reshape(1, m));
        }
        Tensor positives = same.and(other);
        Tensor scores = scaled(strip, inPlace.counted(strip, geometry.scores(sides(strip)), positives));
        if (bias != 0) {
            scores = scores.add(bias);
        }
        Strip.Masks masks =
                new Strip.Masks(positives, negatives.and(other), strip.positives(), strip.negatives(), batch.type());
        Strip plain = new Strip(scores, masks, known(b, strip));
        return graded == null ? plain : plain.withShares(shares(graded, strip, plain));
    }

    /** The same with the keys beside them that no encoder has made. */
    private Strip strip(int b, StripBlock strip) {
        Strip plain = ofBatch(b, strip);
        if (keys.isEmpty()) {
            return plain;
        }
        Synthetic.Made made = keys.get(b).of(plain, strip.from() - blocks.get(b).from());
        if (made.count() == 0) {
            return plain;
        }
        Tensor anchors = rows.narrow(0, strip.from(), strip.anchors());
        return plain.beside(made, scaled(strip, made.products(anchors)).add(bias));
    }

    /** The anchors of a block, as keys are made beside them. */
    private final class AnchorsOf implements Synthetic.Anchors {

        private final int b;
        private final StripBlock block;

        AnchorsOf(int b) {
            this.b = b;
            this.block = blocks.get(b);
        }

        @Override
        public int count() {
            return block.anchors();
        }

        @Override
        public Tensor rows() {
            return rows.narrow(0, block.from(), block.anchors());
        }

        @Override
        public Tensor candidates() {
            return rows.narrow(0, block.first(), block.candidates());
        }

        @Override
        public Tensor positives() {
            return block.positiveMeans(rows);
        }

        @Override
        public long key(int anchor) {
            return block.anchorKeys()[anchor];
        }

        @Override
        public RandomStream random(String purpose, long... keys) {
            return RandomStream.of(batch.views().address(), purpose, keys);
        }

        @Override
        public void each(Synthetic.Looking looking) {
            for (StripBlock strip : strips(block, List.of(new int[] {block.from(), block.to()}))) {
                try (Scope scope = Scope.open("strip")) {
                    looking.at(weighted(ofBatch(b, strip)), strip.from() - block.from());
                }
            }
        }
    }

    private Strip.Known known(int b, StripBlock strip) {
        boolean supervised = strip.last() <= batch.ofViews();
        return new Strip.Known(
                scalesOf(strip),
                equal(scalesOf(strip)),
                supervised ? batch.numbers(strip.from(), strip.to()) : null,
                supervised ? batch.numbers(strip.first(), strip.last()) : null,
                sameClass(strip),
                nearness.isEmpty()
                        ? null
                        : new Strip.Nearness(
                                nearness.get(b)
                                        .own()
                                        .narrow(0, strip.from() - blocks.get(b).from(), strip.anchors()),
                                nearness.get(b).all()),
                new Strip.Records() {
                    @Override
                    public Tensor rows(String name, int width) {
                        return batch.remembered(name, width, strip.from(), strip.to());
                    }

                    @Override
                    public @Nullable Tensor whole(String name) {
                        return batch.views().memories().get(name);
                    }
                },
                guides == null
                        ? null
                        : guides.narrow(0, strip.from(), strip.anchors())
                                .matmul(guides.narrow(0, strip.first(), strip.candidates())
                                        .transpose(0, 1)));
    }

    /** The scale of each anchor, or the one of all. */
    private Tensor scalesOf(StripBlock strip) {
        return scales.size(0) == 1 ? scales : scales.narrow(0, strip.from(), strip.anchors());
    }

    private Tensor scaled(StripBlock strip, Tensor values) {
        return scales.size(0) == 1 ? values.multiplyInPlace(oneScale) : values.multiply(scalesOf(strip));
    }

    private @Nullable Tensor sameClass(StripBlock block) {
        return classes.length == 0
                ? null
                : Tensor.of(Arrays.copyOfRange(classes, block.from(), block.to()), block.anchors(), 1)
                        .isEqual(Tensor.of(
                                Arrays.copyOfRange(classes, block.first(), block.last()), 1, block.candidates()));
    }

    /** Degrees of the candidates, each row divided by its sum; a row without any stays zero. */
    private Tensor shares(Supervision.Graded supervision, StripBlock block, Strip strip) {
        Tensor known;
        if (knownRows == null) {
            known = strip.targetDistances();
        } else {
            Tensor anchors = supervision.basis() == Supervision.Basis.SECOND_VIEW
                    ? batch.secondOf(block.from(), block.to())
                    : knownRows.narrow(0, block.from(), block.anchors());
            Tensor candidates = knownRows.narrow(0, block.first(), block.candidates());
            known = anchors.matmul(candidates.transpose(0, 1));
            if (supervision.basis() == Supervision.Basis.LABEL_SETS) {
                Tensor together = anchors.sum(1, true)
                        .add(candidates.sum(1, false).unsqueeze(0))
                        .subtract(known);
                // Two rows without any label have nothing in common.
                known = known.divide(together.atLeast(1));
            }
        }
        Tensor degrees = supervision
                .degrees(new Supervision.Sides(known, strip.candidates()))
                .maskedFill(strip.candidates().not(), 0);
        Tensor sums = degrees.sum(1, true);
        return degrees.divide(sums.maskedFill(sums.isGreater(0).not(), 1));
    }

    /** How much belongs to each anchor: above zero if the anchor counts. */
    private double[] told(StripBlock block, Strip strip) {
        return graded == null ? block.positives() : strip.shares().sum(1, false).toDoubles();
    }

    private void pullParts(int b, StripBlock strip, double[] counts, Slopes gradient) {
        Strip scored = strip(b, strip);
        Tensor leaf = scored.scores().detach().leaf();
        Tensor toScores;
        try (Grad on = Grad.enabled()) {
            List<RowDivergence.Term> terms = divergence.terms(weighted(scored.withScores(leaf)));
            Tensor value = leaf.multiply(0).sum();
            for (int t = 0; t < counts.length; t++) {
                if (counts[t] > 0) {
                    value = value.add(terms.get(t).sums().sum().divide(counts[t] * blocks.size()));
                }
            }
            toScores = toScores(leaf, value);
        }
        if (toScores != null) {
            pull(strip, scored, toScores, gradient);
        }
    }

    private void pull(StripBlock strip, Strip scored, Tensor toScores, Slopes slopes) {
        if (policy.isLearned()) {
            // s = scale k + bias, so d s / d log scale = s - bias.
            Tensor sums = toScores.sum(1, true);
            slopes.logScales
                    .narrow(0, strip.from(), strip.anchors())
                    .addInPlace(toScores.multiply(scored.scores()).sum(1, true).subtract(sums.multiply(bias)));
            slopes.bias += sums.sum().item();
        }
        Tensor toCosines = scaled(strip, toScores);
        Tensor anchors = slopes.rows.narrow(0, strip.from(), strip.anchors());
        Synthetic.Made made = scored.made();
        if (made != null) {
            anchors.addInPlace(made.toAnchors(toCosines.narrow(1, strip.candidates(), made.count())));
            toCosines = toCosines.narrow(1, 0, strip.candidates());
        }
        toCosines = inPlace.toCosines(strip, toCosines, scored.positives());
        Geometry.Pull pull = geometry.pull(sides(strip), toCosines);
        pull.addAnchorsTo(anchors);
        // Keys of a queue come from another encoder or an earlier step, which do not learn through them.
        if (strip.learning()) {
            pull.addCandidatesTo(slopes.rows.narrow(0, strip.first(), strip.candidates()));
        }
    }

    /** The gradients to all rows, to the logarithm of the scale of each anchor, and to the bias. */
    private final class Slopes {

        private final Tensor rows;
        private final Tensor logScales;
        private double bias;

        Slopes() {
            this(
                    StripEngine.this.rows.multiply(0),
                    Tensor.zeros(policy.isLearned() ? batch.ofViews() : 0, 1).to(batch.type()));
        }

        private Slopes(Tensor rows, Tensor logScales) {
            this.rows = rows;
            this.logScales = logScales;
        }

        void multiply(double factor) {
            rows.multiplyInPlace(factor);
            logScales.multiplyInPlace(factor);
            bias *= factor;
        }

        /** The sum over workers. */
        Slopes ofAll() {
            Slopes all = new Slopes(gathered.sum(rows), policy.isLearned() ? gathered.sum(logScales) : logScales);
            all.bias = gathered.collective().sum(new double[] {bias})[0];
            return all;
        }

        void add(Slopes other) {
            rows.addInPlace(other.rows);
            logScales.addInPlace(other.logScales);
            bias += other.bias;
        }
    }

    /** What is to be remembered of the record of each anchor, as far as it is known. */
    private final class Remembering {

        /** The rows of anchors by memory; none before a strip was seen. All workers have them in one order. */
        private final Map<String, double[]> found = new TreeMap<>();

        Remembering() {
            divergence.memories().forEach(name -> found.put(name, new double[0]));
            if (policy instanceof TemperaturePolicy.PerItem) {
                found.put(TemperaturePolicy.PerItem.TEMPERATURES, new double[0]);
            }
        }

        boolean isEmpty() {
            return found.isEmpty();
        }

        void add(StripBlock block, Strip scored) {
            if (isEmpty()) {
                return;
            }
            Strip weighed = weighted(scored);
            divergence.remembered(weighed).forEach((name, values) -> put(name, values, block));
            if (policy instanceof TemperaturePolicy.PerItem) {
                put(
                        TemperaturePolicy.PerItem.TEMPERATURES,
                        TemperaturePolicy.PerItem.slopes(weighed, divergence.logDenominators(weighed)),
                        block);
            }
        }

        private void put(String name, Tensor values, StripBlock block) {
            double[] own = values.to(DType.DOUBLE).toDoubles();
            int width = own.length / block.anchors();
            double[] all = found.compute(
                    name,
                    (same, kept) -> kept == null || kept.length == 0 ? new double[batch.ofViews() * width] : kept);
            System.arraycopy(own, 0, all, block.from() * width, own.length);
        }

        /** What memories become. */
        Map<String, Tensor> moved() {
            boolean[] anchors = new boolean[batch.ofViews()];
            blocks.forEach(block -> Arrays.fill(anchors, block.from(), block.to(), true));
            Map<String, Tensor> moved = new LinkedHashMap<>();
            found.forEach((name, rows) -> {
                // A worker without rows has seen no strip, and takes part all the same.
                double[] all = gathered.collective().sum(rows);
                moved.put(name, batch.meanOfItems(all, all.length / batch.ofViews(), anchors));
            });
            if (policy instanceof TemperaturePolicy.PerItem own) {
                moved.computeIfPresent(
                        TemperaturePolicy.PerItem.TEMPERATURES,
                        (name, slopes) -> own.moved(
                                similarity.scale(), batch.ofItems(name, TemperaturePolicy.PerItem.KEPT), slopes));
            }
            return moved;
        }
    }

    /** Sums and counts of each part of each block. */
    private final class Totals {

        private final double[][] sums = new double[blocks.size()][0];
        private final double[][] counts = new double[blocks.size()][0];
        private final double[][] constants = new double[blocks.size()][0];
        private final double[][] constantCounts = new double[blocks.size()][0];
        private long anchors;
        private long skipped;
        private long ranked;
        private double right;

        void add(int block, List<RowDivergence.Term> terms, double[] belonging) {
            add(block, terms, sums, counts);
            for (double positives : belonging) {
                anchors += positives > 0 ? 1 : 0;
                skipped += positives > 0 ? 0 : 1;
            }
        }

        /** How often a positive stands above all negatives; some anchors stand for the others. */
        void rank(Strip strip) {
            double[] positives = strip.count(strip.positives()).toDoubles();
            double[] negatives = strip.count(strip.negatives()).toDoubles();
            double[] best = strip.max(strip.scores(), strip.positives()).toDoubles();
            double[] worst = strip.max(strip.scores(), strip.negatives()).toDoubles();
            for (int i = 0; i < positives.length; i++) {
                ranked += positives[i] > 0 ? 1 : 0;
                right += positives[i] > 0 && (negatives[i] == 0 || best[i] > worst[i]) ? 1 : 0;
            }
        }

        void addConstant(int block, List<RowDivergence.Term> terms) {
            add(block, terms, constants, constantCounts);
        }

        private void add(int block, List<RowDivergence.Term> terms, double[][] into, double[][] number) {
            if (into[block].length == 0) {
                into[block] = new double[terms.size()];
                number[block] = new double[terms.size()];
            }
            for (int t = 0; t < terms.size(); t++) {
                into[block][t] += terms.get(t).sums().sum().item();
                number[block][t] += terms.get(t).counts().sum().item();
            }
        }

        /** The counts of the anchors of all workers. */
        double[] countsOfAll(int block) {
            counts[block] = gathered.collective().sum(counts[block]);
            return counts[block];
        }

        /** Takes in what the other workers found; their counts are known already. */
        void share() {
            for (double[][] numbers : List.of(sums, constants, constantCounts)) {
                Arrays.setAll(numbers, b -> gathered.collective().sum(numbers[b]));
            }
            double[] all = gathered.collective().sum(new double[] {anchors, skipped, ranked, right});
            anchors = (long) all[0];
            skipped = (long) all[1];
            ranked = (long) all[2];
            right = all[3];
        }

        double topOne() {
            return ranked == 0 ? 0 : right / ranked;
        }

        double value(double[][] of) {
            double[][] number = of == sums ? counts : constantCounts;
            double value = 0;
            for (int b = 0; b < of.length; b++) {
                for (int t = 0; t < of[b].length; t++) {
                    value += number[b][t] > 0 ? of[b][t] / number[b][t] / of.length : 0;
                }
            }
            return value;
        }
    }
}
