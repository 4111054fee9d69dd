package io.chiaro.objective;

import io.chiaro.core.ChiaroException;
import io.chiaro.tensor.DType;
import io.chiaro.tensor.Grad;
import io.chiaro.tensor.Scope;
import io.chiaro.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
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

    /**
     * Anchors {@code from..to - 1} of all rows against candidates {@code first..last - 1}.
     *
     * @param negativesFrom the first candidate that can be a negative
     * @param learning whether gradients flow to the candidates
     * @param census how many candidates have a key, and how many of those that can be negatives
     */
    private record Block(
            int from,
            int to,
            int first,
            int last,
            long[] anchorKeys,
            long[] candidateKeys,
            int negativesFrom,
            boolean learning,
            Census census) {

        Block(
                int from,
                int to,
                int first,
                int last,
                long[] anchorKeys,
                long[] candidateKeys,
                int negativesFrom,
                boolean learning) {
            this(
                    from,
                    to,
                    first,
                    last,
                    anchorKeys,
                    candidateKeys,
                    negativesFrom,
                    learning,
                    Census.of(candidateKeys, negativesFrom));
        }

        /** Some of its anchors. */
        Block strip(int start, int end) {
            return new Block(
                    start,
                    end,
                    first,
                    last,
                    Arrays.copyOfRange(anchorKeys, start - from, end - from),
                    candidateKeys,
                    negativesFrom,
                    learning,
                    census);
        }

        private boolean holdsItself(int anchor) {
            return anchor >= first && anchor < last;
        }

        /** The positives of each anchor. */
        double[] positives() {
            double[] counts = new double[to - from];
            Arrays.setAll(counts, i -> census.all(anchorKeys[i]) - (holdsItself(from + i) ? 1 : 0));
            return counts;
        }

        /** The negatives of each anchor: what can be one, and has another key. */
        double[] negatives() {
            double[] counts = new double[to - from];
            Arrays.setAll(counts, i -> (last - first - negativesFrom) - census.later(anchorKeys[i]));
            return counts;
        }
    }

    /** Candidates by key. */
    private record Census(Map<Long, Integer> counts, Map<Long, Integer> laterCounts) {

        static Census of(long[] keys, int negativesFrom) {
            Map<Long, Integer> counts = from(keys, 0);
            return new Census(counts, negativesFrom == 0 ? counts : from(keys, negativesFrom));
        }

        private static Map<Long, Integer> from(long[] keys, int first) {
            Map<Long, Integer> counts = new HashMap<>();
            for (int j = first; j < keys.length; j++) {
                counts.merge(keys[j], 1, Integer::sum);
            }
            return counts;
        }

        int all(long key) {
            return counts.getOrDefault(key, 0);
        }

        int later(long key) {
            return laterCounts.getOrDefault(key, 0);
        }
    }

    /** A label for each row of the queue. */
    static final String QUEUE_LABELS = "queue-labels";

    /** The set of labels that rows of each class have, of zeros and ones. */
    static final String LABEL_SETS = "label-sets";

    private final Gathered gathered;
    private final Views views;
    private final Similarity similarity;
    private final Weights weights;
    private final RowDivergence divergence;
    private final Geometry geometry;
    private final double scale;
    private final double bias;
    private final long cells;
    private final int fewest;
    private final int[] offsets;
    private final String memory;
    private final int memoryFrom;
    private final Tensor rows;
    private final DType type;
    private final List<Block> blocks;
    private final double[] targets;
    private final Supervision.@Nullable Graded graded;
    private final @Nullable Tensor knownRows;
    private final long[] classes;

    StripEngine(
            Gathered gathered,
            Pairing.Blocks pairing,
            Supervision supervision,
            Similarity similarity,
            Weights weights,
            RowDivergence divergence,
            Tiling tiling) {
        this.gathered = gathered;
        this.views = gathered.whole();
        this.similarity = similarity;
        this.weights = weights;
        this.divergence = divergence;
        this.geometry = similarity.kind().geometry();
        this.scale = similarity.scaleIn(views);
        this.bias = similarity.biasIn(views);
        this.cells = Math.max(tiling.keptCells(), tiling.columns());
        this.fewest = tiling.rows() / 2;
        this.type = views.list().get(0).values().type();
        offsets = new int[views.list().size() + 1];
        List<Tensor> parts = new ArrayList<>();
        for (int v = 0; v < views.list().size(); v++) {
            View view = views.list().get(v);
            parts.add(geometry.rows(view.values()));
            offsets[v + 1] = offsets[v] + view.rows();
        }
        memoryFrom = offsets[offsets.length - 1];
        memory = pairing.among().memory();
        if (!memory.isEmpty()) {
            parts.add(geometry.rows(memory(memory)));
        }
        rows = Tensor.concatenate(parts, 0);
        targets = targets();
        graded = supervision instanceof Supervision.Graded degrees ? degrees : null;
        knownRows = graded == null ? null : knownRows(graded.basis());
        classes = weights.labelled() ? keys(true) : new long[0];
        blocks = blocks(pairing.among(), keys(supervision instanceof Supervision.SameLabel));
    }

    private Tensor memory(String name) {
        Tensor memory = views.memories().get(name);
        if (memory == null) {
            throw ChiaroException.usage("objective: expected the memory \"" + name + "\", but found "
                    + (views.memories().isEmpty() ? "none" : views.memories().keySet()) + ". Give its rows.");
        }
        if (memory.rank() != 2 || memory.size(1) != views.list().get(0).width()) {
            throw ChiaroException.usage("objective: expected the memory \"" + name + "\" with rows of width "
                    + views.list().get(0).width() + ", but found " + memory + ".");
        }
        return memory.to(type);
    }

    /** The classes of the rows of the memory {@code queue}, which the memory {@code queue-labels} tells. */
    private long[] pastKeys(int rows) {
        Tensor labels = views.memories().get(QUEUE_LABELS);
        if (labels == null || labels.count() != rows) {
            throw ChiaroException.usage("objective: expected the memory \"" + QUEUE_LABELS + "\" with " + rows
                    + " labels, one for each row of the queue, but found " + (labels == null ? "none" : labels) + ".");
        }
        return Arrays.stream(labels.to(DType.DOUBLE).toDoubles())
                .mapToLong(label -> (long) label)
                .toArray();
    }

    /** What rows have in common if they belong together, for each row of each view. */
    private long[] keys(boolean byLabel) {
        long[] keys = new long[memoryFrom];
        Map<Long, Integer> places = places();
        int[] labels = views.labels();
        if (byLabel && labels == null) {
            throw ChiaroException.usage("objective: expected a label for every item, but found none. Name its column.");
        }
        for (int v = 0; v < views.list().size(); v++) {
            long[] items = views.list().get(v).items();
            for (int i = 0; i < items.length; i++) {
                keys[offsets[v] + i] = byLabel && labels != null ? labels[place(places, items[i])] : items[i];
            }
        }
        return keys;
    }

    /** What degrees are made of, row by row; null for the numbers that supervise rows. */
    private @Nullable Tensor knownRows(Supervision.Basis basis) {
        return switch (basis) {
            case NUMBERS -> null;
            case GUIDE -> {
                List<Tensor> guided = views.guides();
                yield guided == null
                        ? null
                        : Tensor.concatenate(
                                        guided.stream()
                                                .map(guide -> guide.to(type))
                                                .toList(),
                                        0)
                                .normalize(-1);
            }
            case LABEL_SETS -> labelSets();
        };
    }

    /** The set of labels of every row, of zeros and ones, [rows, labels]. */
    private Tensor labelSets() {
        Tensor sets = views.memories().get(LABEL_SETS);
        if (sets == null || sets.rank() != 2) {
            throw ChiaroException.usage("objective: expected the memory \"" + LABEL_SETS
                    + "\" with a row of zeros and ones for every label, but found " + (sets == null ? "none" : sets)
                    + ". Give its rows.");
        }
        for (double value : sets.to(DType.DOUBLE).toDoubles()) {
            if (value != 0 && value != 1) {
                throw ChiaroException.data("objective: expected zeros and ones in the memory \"" + LABEL_SETS
                        + "\", but found " + value + ". Mend its rows.");
            }
        }
        long[] labels = keys(true);
        for (long label : labels) {
            if (label < 0 || label >= sets.size(0)) {
                throw ChiaroException.usage("objective: expected labels from 0 to " + (sets.size(0) - 1)
                        + ", as there are " + sets.size(0) + " sets of labels, but found " + label + ".");
            }
        }
        return sets.to(type).indexSelect(0, Tensor.of(labels, labels.length));
    }

    private Map<Long, Integer> places() {
        Map<Long, Integer> places = new HashMap<>();
        long[] items = views.list().get(0).items();
        for (int i = 0; i < items.length; i++) {
            places.putIfAbsent(items[i], i);
        }
        return places;
    }

    private static int place(Map<Long, Integer> places, long item) {
        Integer place = places.get(item);
        if (place == null) {
            throw ChiaroException.usage("objective: item " + item + " has no row in the first view.");
        }
        return place;
    }

    /** The number that supervises each row, by its item; empty if there is none. */
    private double[] targets() {
        double[] scores = views.scores();
        if (scores == null) {
            return new double[0];
        }
        Map<Long, Integer> places = places();
        double[] result = new double[memoryFrom];
        for (int v = 0; v < views.list().size(); v++) {
            long[] items = views.list().get(v).items();
            for (int i = 0; i < items.length; i++) {
                result[offsets[v] + i] = scores[place(places, items[i])];
            }
        }
        return result;
    }

    private List<Block> blocks(Pairing.Among among, long[] keys) {
        int all = Math.toIntExact(rows.size(0));
        return switch (among) {
            case BATCH -> List.of(new Block(0, memoryFrom, 0, memoryFrom, keys, keys, 0, true));
            case CROSS -> List.of(cross(keys, 0, 1));
            case CROSS_BOTH -> List.of(cross(keys, 0, 1), cross(keys, 1, 0));
            case QUEUE -> {
                int second = offsets[second()];
                long[] candidates = Arrays.copyOf(Arrays.copyOfRange(keys, second, memoryFrom), all - second);
                Arrays.fill(candidates, memoryFrom - second, all - second, Long.MIN_VALUE);
                yield List.of(new Block(
                        0,
                        offsets[1],
                        second,
                        all,
                        Arrays.copyOf(keys, offsets[1]),
                        candidates,
                        memoryFrom - second,
                        false));
            }
            case PAST -> {
                long[] candidates = Arrays.copyOf(keys, all);
                System.arraycopy(pastKeys(all - memoryFrom), 0, candidates, memoryFrom, all - memoryFrom);
                yield List.of(new Block(0, memoryFrom, 0, all, keys, candidates, 0, false));
            }
            case CLASSES -> {
                long[] classes = new long[all - memoryFrom];
                Arrays.setAll(classes, k -> k);
                yield List.of(new Block(0, memoryFrom, memoryFrom, all, keys, classes, 0, true));
            }
        };
    }

    private int second() {
        if (views.list().size() < 2) {
            throw ChiaroException.usage("objective: expected two views, but found one. Give a second.");
        }
        return 1;
    }

    private Block cross(long[] keys, int anchors, int candidates) {
        second();
        return new Block(
                offsets[anchors],
                offsets[anchors + 1],
                offsets[candidates],
                offsets[candidates + 1],
                Arrays.copyOfRange(keys, offsets[anchors], offsets[anchors + 1]),
                Arrays.copyOfRange(keys, offsets[candidates], offsets[candidates + 1]),
                0,
                true);
    }

    Evaluation evaluate() {
        Slopes gradient = new Slopes(rows.multiply(0));
        Totals totals = new Totals();
        for (int b = 0; b < blocks.size(); b++) {
            try (Scope scope = Scope.open("block")) {
                evaluate(b, gradient, totals);
            }
        }
        totals.share();
        gradient = gradient.ofAll(gathered);
        List<Tensor> gradients = new ArrayList<>();
        for (int v = 0; v < views.list().size(); v++) {
            int size = offsets[v + 1] - offsets[v];
            gradients.add(geometry.values(
                    views.list().get(v).values(),
                    rows.narrow(0, offsets[v], size),
                    gradient.rows.narrow(0, offsets[v], size)));
        }
        Map<String, Tensor> memoryGradients = new LinkedHashMap<>();
        if (Views.LEARNED.contains(memory)) {
            int size = Math.toIntExact(rows.size(0)) - memoryFrom;
            memoryGradients.put(
                    memory,
                    geometry.values(
                            memory(memory),
                            rows.narrow(0, memoryFrom, size),
                            gradient.rows.narrow(0, memoryFrom, size)));
        }
        Set<String> numbers = similarity.temperaturePolicy().memories();
        if (numbers.contains(Similarity.LOG_SCALE)) {
            memoryGradients.put(Similarity.LOG_SCALE, Tensor.of(new double[] {gradient.logScale}, 1, 1));
        }
        if (numbers.contains(Similarity.BIAS)) {
            memoryGradients.put(Similarity.BIAS, Tensor.of(new double[] {gradient.bias}, 1, 1));
        }
        return new Evaluation(
                totals.value(totals.sums),
                totals.value(totals.constants),
                null,
                Map.of("top-1", totals.topOne()),
                gradients,
                memoryGradients,
                Map.of(),
                totals.anchors,
                totals.skipped,
                0);
    }

    /**
     * A value of one part has a gradient but for its count, which divides it in the end: the strips are gone through once. Of
     * several parts the counts must be known first.
     */
    private void evaluate(int b, Slopes gradient, Totals totals) {
        boolean alone = blocks.size() == 1;
        Slopes undivided = alone ? gradient : new Slopes(rows.multiply(0));
        for (Block strip : strips(blocks.get(b))) {
            try (Scope scope = Scope.open("strip")) {
                Strip scored = strip(strip);
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
                    totals.addConstant(b, divergence.terms(weighted(scored.withScores(constant(scored.scores())))));
                }
                if (toScores != null) {
                    pull(strip, scored.scores(), toScores, undivided);
                }
            }
        }
        double[] counts = totals.countsOfAll(b);
        if (counts.length > 1) {
            for (Block strip : strips(blocks.get(b))) {
                try (Scope scope = Scope.open("gradient of a strip")) {
                    pullParts(strip, counts, gradient);
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

    /** Every block as a table, without targets. */
    List<ScoreTable> tables() {
        List<ScoreTable> tables = new ArrayList<>();
        for (Block block : blocks) {
            Strip strip = strip(block);
            int n = block.to() - block.from();
            int m = block.last() - block.first();
            double[] scores = strip.scores().toDoubles();
            double[] positives = strip.positives().to(DType.DOUBLE).toDoubles();
            double[] negatives = strip.negatives().to(DType.DOUBLE).toDoubles();
            double[][] cells = new double[n][m];
            Relation[][] relations = new Relation[n][m];
            for (int i = 0; i < n; i++) {
                for (int j = 0; j < m; j++) {
                    int at = i * m + j;
                    boolean self = block.from() + i == block.first() + j;
                    cells[i][j] = scores[at];
                    relations[i][j] = positives[at] > 0
                            ? Relation.POSITIVE
                            : negatives[at] > 0 ? Relation.NEGATIVE : self ? Relation.SELF : Relation.IGNORE;
                }
            }
            tables.add(
                    new ScoreTable(cells, relations, graded == null ? new double[n][0] : rows(strip.shares(), n, m)));
        }
        return tables;
    }

    private static double[][] rows(Tensor table, int n, int m) {
        double[] flat = table.toDoubles();
        double[][] rows = new double[n][];
        Arrays.setAll(rows, i -> Arrays.copyOfRange(flat, i * m, (i + 1) * m));
        return rows;
    }

    /** The score that equal vectors have: what a collapsed model gives every cell. */
    private Tensor constant(Tensor scores) {
        boolean distance = similarity.kind().isDistance();
        return scores.multiply(0).add((distance ? 0 : scale) + bias);
    }

    private List<Block> strips(Block block) {
        // Each strip adds to the gradients of all candidates, which is only worth while for enough anchors.
        long anchors = Math.max(fewest, cells / Math.max(1, block.last() - block.first()));
        int size = (int) Math.max(1, Math.min(block.to() - block.from(), anchors));
        List<Block> strips = new ArrayList<>();
        for (int[] stretch : gathered.stretches()) {
            int end = Math.min(block.to(), stretch[1]);
            for (int from = Math.max(block.from(), stretch[0]); from < end; from += size) {
                strips.add(block.strip(from, Math.min(end, from + size)));
            }
        }
        return strips;
    }

    /** Whether an anchor is the first of a stretch: the anchors of its strip stand for the others. */
    private boolean begins(int anchor, Block block) {
        return gathered.stretches().stream().anyMatch(stretch -> anchor == Math.max(block.from(), stretch[0]));
    }

    private Geometry.Block sides(Block strip) {
        return new Geometry.Block(
                rows.narrow(0, strip.from(), strip.to() - strip.from()),
                rows.narrow(0, strip.first(), strip.last() - strip.first()),
                false);
    }

    private Strip strip(Block strip) {
        int n = strip.to() - strip.from();
        int m = strip.last() - strip.first();
        Tensor scores = geometry.scores(sides(strip)).multiplyInPlace(scale);
        if (bias != 0) {
            scores = scores.add(bias);
        }
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
        boolean supervised = targets.length > 0 && strip.last() <= memoryFrom;
        Strip.Masks masks =
                new Strip.Masks(same.and(other), negatives.and(other), strip.positives(), strip.negatives(), type);
        Tensor anchorNumbers = supervised ? numbers(strip.from(), strip.to()) : null;
        Tensor candidateNumbers = supervised ? numbers(strip.first(), strip.last()) : null;
        Tensor sameClass = sameClass(strip);
        Strip plain = new Strip(scores, masks, scale, anchorNumbers, candidateNumbers, null, sameClass);
        return graded == null
                ? plain
                : new Strip(
                        scores, masks, scale, anchorNumbers, candidateNumbers, shares(graded, strip, plain), sameClass);
    }

    private @Nullable Tensor sameClass(Block block) {
        return classes.length == 0
                ? null
                : Tensor.of(Arrays.copyOfRange(classes, block.from(), block.to()), block.to() - block.from(), 1)
                        .isEqual(Tensor.of(
                                Arrays.copyOfRange(classes, block.first(), block.last()),
                                1,
                                block.last() - block.first()));
    }

    /** Degrees of the candidates, each row divided by its sum; a row without any stays zero. */
    private Tensor shares(Supervision.Graded supervision, Block block, Strip strip) {
        Tensor known;
        if (knownRows == null) {
            known = strip.targetDistances();
        } else {
            Tensor anchors = knownRows.narrow(0, block.from(), block.to() - block.from());
            Tensor candidates = knownRows.narrow(0, block.first(), block.last() - block.first());
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
    private double[] told(Block block, Strip strip) {
        return graded == null ? block.positives() : strip.shares().sum(1, false).toDoubles();
    }

    private Tensor numbers(int from, int to) {
        return Tensor.of(Arrays.copyOfRange(targets, from, to), to - from).to(type);
    }

    private void pullParts(Block strip, double[] counts, Slopes gradient) {
        Strip scored = strip(strip);
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
            pull(strip, scored.scores(), toScores, gradient);
        }
    }

    private void pull(Block strip, Tensor scores, Tensor toScores, Slopes slopes) {
        if (similarity.temperaturePolicy().learnsScale()) {
            // s = scale k + bias, so d s / d log scale = s - bias.
            double sum = toScores.sum().item();
            slopes.logScale += toScores.multiply(scores).sum().item() - bias * sum;
            slopes.bias += sum;
        }
        Geometry.Pull pull = geometry.pull(sides(strip), toScores.multiplyInPlace(scale));
        Tensor gradient = slopes.rows;
        gradient.narrow(0, strip.from(), strip.to() - strip.from()).addInPlace(pull.anchors());
        // Keys of a queue come from another encoder or an earlier step, which do not learn through them.
        if (strip.learning()) {
            gradient.narrow(0, strip.first(), strip.last() - strip.first()).addInPlace(pull.candidates());
        }
    }

    /** The gradients to all rows and to the two numbers of the similarity. */
    private static final class Slopes {

        private final Tensor rows;
        private double logScale;
        private double bias;

        Slopes(Tensor rows) {
            this.rows = rows;
        }

        void multiply(double factor) {
            rows.multiplyInPlace(factor);
            logScale *= factor;
            bias *= factor;
        }

        /** The sum over workers. */
        Slopes ofAll(Gathered gathered) {
            Slopes all = new Slopes(gathered.sum(rows));
            double[] numbers = gathered.collective().sum(new double[] {logScale, bias});
            all.logScale = numbers[0];
            all.bias = numbers[1];
            return all;
        }

        void add(Slopes other) {
            rows.addInPlace(other.rows);
            logScale += other.logScale;
            bias += other.bias;
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
