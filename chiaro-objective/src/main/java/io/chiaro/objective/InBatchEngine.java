package io.chiaro.objective;

import io.chiaro.tensor.DType;
import io.chiaro.tensor.Scope;
import io.chiaro.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Evaluates the cross-entropy over in-batch candidates, tile by tile.
 *
 * <p>A partition holds the blocks (direction, candidate view) that share a denominator. Anchors are taken in strips. The
 * first pass over a strip's tiles gathers each row's log-sum-exp for each partition; the second turns each tile's scores
 * into the gradient to them and carries that to the embeddings with two products of matrices. The scores of a strip are
 * kept between the passes if they fit, else made again, so that memory grows with the tile and never with B x B.
 *
 * <p>The relation of a cell is looked up by item and content; only cells that are not plain negatives are listed, and they
 * are written over by index before any exponent.
 */
final class InBatchEngine {

    /** All anchors in one direction against the candidates of one view. */
    private record Block(int partition, Direction direction, int anchors, int candidates) {}

    /** Cells of a tile that are not plain negatives, as positions in its row-major order. */
    private record Cells(int[] positives, int[] self, int[] ignored) {}

    /** A tile of scores and its block's rows; the scores are masked. */
    private record Tile(Block block, Geometry.Block rows, int from, int to, Tensor scores, Cells cells) {

        /** The same tile in the scope around the given one. */
        Tile escaped(Scope scope) {
            Geometry.Block kept =
                    new Geometry.Block(scope.escape(rows.anchors()), scope.escape(rows.candidates()), rows.aligned());
            return new Tile(block, kept, from, to, scope.escape(scores), cells);
        }
    }

    private final Batch batch;
    private final Gathered gathered;
    private final double scale;
    private final boolean learnedScale;
    private final Geometry geometry;
    private final CrossEntropy divergence;
    private final Tiling tiling;
    private final List<Block> blocks = new ArrayList<>();
    private final int partitions;
    private final @Nullable Guide guide;
    private final int[] positives;
    private final long counted;

    private double loss;
    private double chance;
    private double floor;
    private boolean bounded = true;
    private double toLogScale;
    private long right;
    private long masked;

    InBatchEngine(
            Batch batch,
            Gathered gathered,
            Pairing.InBatch pairing,
            Similarity similarity,
            CrossEntropy divergence,
            Tiling tiling) {
        this.batch = batch;
        this.gathered = gathered;
        this.scale = ((TemperaturePolicy.OneForAll) similarity.temperaturePolicy())
                .scaleIn(similarity.scale(), gathered.whole());
        this.learnedScale = similarity.temperaturePolicy().isLearned();
        this.geometry = similarity.kind().geometry();
        this.divergence = divergence;
        this.tiling = tiling;
        int partition = 0;
        for (Direction direction : pairing.directions()) {
            int anchors = direction.anchor() == ViewRole.ANCHOR ? batch.anchorIndex() : batch.positiveIndex();
            for (int v = 0; v < batch.count(); v++) {
                if (direction.takes(batch.view(v).role())) {
                    blocks.add(new Block(partition, direction, anchors, v));
                }
            }
            partition += pairing.partition() == Partition.PER_DIRECTION ? 1 : 0;
        }
        partitions = pairing.partition() == Partition.PER_DIRECTION ? partition : 1;
        GuideMask mask = pairing.guide();
        List<Tensor> guides = gathered.whole().guides();
        guide = mask == null || guides == null ? null : new Guide(mask, guides, batch);
        positives = new int[batch.items()];
        for (int i = 0; i < positives.length; i++) {
            positives[i] = batch.positivesOf(i).length;
        }
        counted = Arrays.stream(positives).filter(count -> count > 0).count();
    }

    Evaluation evaluate() {
        int first = gathered.first()[batch.anchorIndex()];
        int last = first + gathered.rows()[batch.anchorIndex()];
        for (int from = first; from < last; from += tiling.rows()) {
            int to = Math.min(last, from + tiling.rows());
            try (Scope scope = Scope.open("strip of scores")) {
                new Strip(from, to).evaluate();
            }
        }
        share();
        Map<String, Double> components = new LinkedHashMap<>();
        components.put("top-1", counted == 0 ? 0 : (double) right / counted);
        return new Evaluation(
                loss,
                chance,
                bounded ? floor : null,
                components,
                batch.gradients(),
                learnedScale ? Map.of(Similarity.LOG_SCALE, Tensor.of(new double[] {toLogScale}, 1, 1)) : Map.of(),
                Map.of(),
                counted,
                batch.items() - counted,
                masked);
    }

    /** Every table with what the cross-entropy makes of it. */
    List<Explained> explained() {
        return tables().stream()
                .map(table -> Explained.of(table, divergence.judge(table), true))
                .toList();
    }

    /** The scores of every anchor with its candidates, one after another, a table for each denominator. */
    private List<ScoreTable> tables() {
        List<ScoreTable> tables = new ArrayList<>();
        int items = batch.items();
        for (int p = 0; p < partitions; p++) {
            List<List<Double>> scores = new ArrayList<>();
            List<List<Relation>> relations = new ArrayList<>();
            for (int i = 0; i < items; i++) {
                scores.add(new ArrayList<>());
                relations.add(new ArrayList<>());
            }
            for (Block block : blocks) {
                if (block.partition() == p) {
                    try (Scope scope = Scope.open("table of scores")) {
                        look(block, scores, relations);
                    }
                }
            }
            tables.add(new ScoreTable(
                    scores.stream()
                            .map(row -> row.stream().mapToDouble(score -> score).toArray())
                            .toArray(double[][]::new),
                    relations.stream().map(row -> row.toArray(Relation[]::new)).toArray(Relation[][]::new),
                    new double[items][0]));
        }
        return tables;
    }

    private void look(Block block, List<List<Double>> scores, List<List<Relation>> relations) {
        int columns = batch.view(block.candidates()).rows();
        Tile tile = new Strip(0, batch.items()).scored(block, 0, columns, false);
        double[] found = tile.scores().toDoubles();
        Relation[] related = new Relation[found.length];
        for (int cell = 0; cell < found.length; cell++) {
            related[cell] = Double.isInfinite(found[cell]) ? Relation.IGNORE : Relation.NEGATIVE;
        }
        for (int cell : tile.cells().self()) {
            related[cell] = Relation.SELF;
        }
        for (int cell : tile.cells().positives()) {
            related[cell] = Relation.POSITIVE;
        }
        for (int cell = 0; cell < found.length; cell++) {
            scores.get(cell / columns).add(found[cell]);
            relations.get(cell / columns).add(related[cell]);
        }
    }

    /** Takes in what the other workers found. */
    private void share() {
        double[] all = gathered.collective()
                .sum(new double[] {loss, chance, floor, bounded ? 0 : 1, right, masked, toLogScale});
        loss = all[0];
        chance = all[1];
        floor = all[2];
        bounded = all[3] == 0;
        right = (long) all[4];
        masked = (long) all[5];
        toLogScale = all[6];
        batch.share(gathered);
    }

    /** Consecutive anchors with all their candidates. */
    private final class Strip {

        private final int from;
        private final int to;
        private final int size;
        /** For each partition and row: log sum exp of the candidates seen so far, how many, how many are positives. */
        private final double[][] normalizers;

        private final long[][] candidates;
        private final long[][] positiveCells;
        private final double[] positiveScores;
        private final double[] bestPositive;
        private final double[] bestNegative;

        Strip(int from, int to) {
            this.from = from;
            this.to = to;
            this.size = to - from;
            normalizers = new double[partitions][size];
            candidates = new long[partitions][size];
            positiveCells = new long[partitions][size];
            positiveScores = new double[size];
            bestPositive = new double[size];
            bestNegative = new double[size];
            for (double[] rows : normalizers) {
                Arrays.fill(rows, Double.NEGATIVE_INFINITY);
            }
            Arrays.fill(bestPositive, Double.NEGATIVE_INFINITY);
            Arrays.fill(bestNegative, Double.NEGATIVE_INFINITY);
        }

        void evaluate() {
            long columns = 0;
            for (Block block : blocks) {
                columns += batch.view(block.candidates()).rows();
            }
            boolean keep = columns * size <= tiling.keptCells();
            List<Tile> kept = new ArrayList<>();
            for (Block block : blocks) {
                int rows = batch.view(block.candidates()).rows();
                for (int first = 0; first < rows; first += tiling.columns()) {
                    int last = Math.min(rows, first + tiling.columns());
                    try (Scope scope = Scope.open("tile of scores")) {
                        Tile tile = observed(block, first, last);
                        if (keep) {
                            kept.add(tile.escaped(scope));
                        }
                    }
                }
            }
            finish();
            for (Tile tile : kept) {
                try (Scope scope = Scope.open("gradient of a tile")) {
                    pull(tile);
                }
            }
            if (!keep) {
                for (Block block : blocks) {
                    int rows = batch.view(block.candidates()).rows();
                    for (int first = 0; first < rows; first += tiling.columns()) {
                        try (Scope scope = Scope.open("gradient of a tile")) {
                            pull(scored(block, first, Math.min(rows, first + tiling.columns()), false));
                        }
                    }
                }
            }
        }

        /** The value of the rows, once all their tiles have been seen. */
        private void finish() {
            for (int i = 0; i < size; i++) {
                int count = positives[from + i];
                if (count == 0) {
                    continue;
                }
                double value = -positiveScores[i] / count;
                double equal = 0;
                for (int p = 0; p < partitions; p++) {
                    value += normalizers[p][i] / partitions;
                    equal += Math.log(candidates[p][i]) / partitions;
                    bounded &= positiveCells[p][i] > 0;
                    floor += Math.log(Math.max(1, positiveCells[p][i])) / partitions / counted;
                }
                loss += value / counted;
                chance += equal / counted;
                right += bestPositive[i] > bestNegative[i] ? 1 : 0;
            }
        }

        /** A tile of the first pass: its scores, after the statistics of its rows have been gathered. */
        private Tile observed(Block block, int first, int last) {
            Tile tile = scored(block, first, last, true);
            double[] statistics = divergence.normalizers(tile.scores());
            double[] into = normalizers[block.partition()];
            for (int i = 0; i < size; i++) {
                into[i] = LogSumExp.add(into[i], statistics[i]);
            }
            return tile;
        }

        /** The scores of a tile, minus infinity in the cells that are no candidates. */
        private Tile scored(Block block, int first, int last, boolean observe) {
            int columns = last - first;
            Cells cells = cells(block, first, last);
            Geometry.Block rows = new Geometry.Block(
                    batch.itemRows(block.anchors(), from, to),
                    batch.rowsOf(block.candidates()).narrow(0, first, columns),
                    false);
            Tensor scores = geometry.scores(rows).multiplyInPlace(scale);
            Tensor flat = scores.reshape(-1);
            Tensor own = Tensor.indices(cells.positives());
            Tensor ownScores = flat.indexSelect(0, own);
            long[] left = new long[size];
            Arrays.fill(left, columns);
            for (int cell : cells.self()) {
                left[cell / columns]--;
            }
            fill(flat, cells.self());
            fill(flat, cells.ignored());
            if (guide != null) {
                long[] before = left.clone();
                Tensor falseNegatives =
                        guide.falseNegatives(block.anchors(), block.candidates(), from, to, first, last);
                scores.copyInPlace(scores.maskedFill(falseNegatives, Double.NEGATIVE_INFINITY));
                flat.copyRowsInPlace(own, ownScores);
                double[] finite = scores.isGreater(Double.NEGATIVE_INFINITY)
                        .to(DType.FLOAT)
                        .sum(1, false)
                        .toDoubles();
                for (int i = 0; i < size; i++) {
                    left[i] = (long) finite[i];
                    masked += observe ? before[i] - left[i] : 0;
                }
            } else {
                for (int cell : cells.ignored()) {
                    left[cell / columns]--;
                }
                masked += observe ? cells.ignored().length : 0;
            }
            if (observe) {
                observePositives(block, columns, cells.positives(), ownScores.toDoubles(), left);
                if (block.direction() == Direction.QUERY_TO_DOC) {
                    fill(flat, cells.positives());
                    double[] best = scores.max(1, false).toDoubles();
                    for (int i = 0; i < size; i++) {
                        bestNegative[i] = Math.max(bestNegative[i], best[i]);
                    }
                    flat.copyRowsInPlace(own, ownScores);
                }
            }
            return new Tile(block, rows, first, last, scores, cells);
        }

        private void observePositives(Block block, int columns, int[] cells, double[] scores, long[] left) {
            for (int i = 0; i < size; i++) {
                candidates[block.partition()][i] += left[i];
            }
            for (int k = 0; k < cells.length; k++) {
                int row = cells[k] / columns;
                positiveCells[block.partition()][row]++;
                if (block.direction() == Direction.QUERY_TO_DOC) {
                    positiveScores[row] += scores[k];
                    bestPositive[row] = Math.max(bestPositive[row], scores[k]);
                }
            }
        }

        /** Carries the gradient of a tile's scores to the embeddings. */
        private void pull(Tile tile) {
            double[] weights = new double[size];
            for (int i = 0; i < size; i++) {
                weights[i] = positives[from + i] == 0 ? 0 : scale / partitions / counted;
            }
            Tensor scores = learnedScale ? finite(tile.scores()) : tile.scores();
            Tensor gradient =
                    divergence.gradient(tile.scores(), normalizers[tile.block().partition()], weights);
            int[] own = tile.cells().positives();
            if (tile.block().direction() == Direction.QUERY_TO_DOC && own.length > 0) {
                int columns = tile.to() - tile.from();
                double[] share = new double[own.length];
                for (int k = 0; k < own.length; k++) {
                    share[k] = -scale / counted / positives[from + own[k] / columns];
                }
                gradient.reshape(-1)
                        .addRowsInPlace(
                                Tensor.indices(own),
                                Tensor.of(share, share.length).to(gradient.type()));
            }
            if (learnedScale) {
                // s = scale k, so d s / d log scale = s, and the gradient here is that to k.
                toLogScale += gradient.multiply(scores).sum().item() / scale;
            }
            Geometry.Pull pull = geometry.pull(tile.rows(), gradient);
            batch.addToItems(tile.block().anchors(), from, to, pull.anchors());
            batch.addToRows(tile.block().candidates(), tile.from(), tile.to(), pull.candidates());
        }

        /** The scores, 0 where a cell is no candidate. */
        private static Tensor finite(Tensor scores) {
            return scores.maskedFill(scores.isGreater(Double.NEGATIVE_INFINITY).not(), 0);
        }

        private void fill(Tensor flat, int[] cells) {
            if (cells.length > 0) {
                flat.fillRowsInPlace(Tensor.indices(cells), Double.NEGATIVE_INFINITY);
            }
        }

        /** The relation of every cell of a tile that is not a plain negative. */
        private Cells cells(Block block, int first, int last) {
            View view = batch.view(block.candidates());
            Rows rows = batch.rows(block.candidates());
            boolean like = block.direction().comparesLikeWithLike();
            boolean belongs = !like && view.role() != ViewRole.NEGATIVE;
            IntList positives = new IntList();
            IntList self = new IntList();
            IntList ignored = new IntList();
            for (int i = from; i < to; i++) {
                long item = batch.anchorView().items()[i];
                int offset = (i - from) * (last - first) - first;
                if (like || belongs) {
                    int[] same = rows.ofItem(item);
                    for (int k = start(same, first); k < same.length && same[k] < last; k++) {
                        (like ? self : positives).add(offset + same[k]);
                    }
                }
                for (long content : batch.ownContents(i)) {
                    int[] equal = rows.ofContent(content);
                    for (int k = start(equal, first); k < equal.length && equal[k] < last; k++) {
                        if (view.items()[equal[k]] != item || !(like || belongs)) {
                            ignored.add(offset + equal[k]);
                        }
                    }
                }
            }
            return new Cells(positives.toArray(), self.toArray(), ignored.toArray());
        }

        /** The place of the first row that is not before {@code first}. */
        private static int start(int[] rows, int first) {
            int at = Arrays.binarySearch(rows, first);
            return at >= 0 ? at : -at - 1;
        }
    }

    /** The cosines of a guide model, tile by tile, against each item's threshold. */
    private static final class Guide {

        private final Batch batch;
        private final List<Tensor> units;
        private final float[] thresholds;

        Guide(GuideMask mask, List<Tensor> values, Batch batch) {
            this.batch = batch;
            this.units = values.stream().map(value -> value.normalize(-1)).toList();
            int items = batch.items();
            double[] own = batch.itemRows(units.get(batch.anchorIndex()), batch.anchorIndex(), 0, items)
                    .multiply(batch.itemRows(units.get(batch.positiveIndex()), batch.positiveIndex(), 0, items))
                    .sum(-1, false)
                    .toDoubles();
            thresholds = new float[items];
            for (int i = 0; i < items; i++) {
                thresholds[i] = (float) mask.threshold(own[i]);
            }
        }

        Tensor falseNegatives(int anchors, int candidates, int from, int to, int first, int last) {
            Tensor cosines = batch.itemRows(units.get(anchors), anchors, from, to)
                    .matmul(units.get(candidates).narrow(0, first, last - first).transpose(0, 1));
            return cosines.isGreater(Tensor.of(Arrays.copyOfRange(thresholds, from, to), to - from, 1));
        }
    }

    /** A growing array of integers. */
    private static final class IntList {

        private int[] values = new int[64];
        private int size;

        void add(int value) {
            if (size == values.length) {
                values = Arrays.copyOf(values, 2 * size);
            }
            values[size++] = value;
        }

        int[] toArray() {
            return Arrays.copyOf(values, size);
        }
    }
}
