package io.chiaro.objective;

import io.chiaro.core.ChiaroException;
import io.chiaro.tensor.Tensor;
import java.util.Map;

/** Evaluates a divergence over each anchor's own candidates: one block of scores [N] for each candidate column. */
final class AlignedEngine {

    private final Batch batch;
    private final Views views;
    private final Supervision supervision;
    private final Similarity similarity;
    private final Divergence divergence;
    private final int[] candidates;

    AlignedEngine(Batch batch, Views views, Supervision supervision, Similarity similarity, Divergence divergence) {
        this.batch = batch;
        this.views = views;
        this.supervision = supervision;
        this.similarity = similarity;
        this.divergence = divergence;
        // Gold scores are about pairs; whatever else the records hold has none.
        this.candidates = supervision instanceof Supervision.GoldScores
                ? new int[] {batch.positiveIndex()}
                : batch.candidateViews();
        if (candidates.length < 2 && !(supervision instanceof Supervision.GoldScores)) {
            throw ChiaroException.usage("objective: expected at least one view of role negative, but found none. "
                    + "Name its column or choose a recipe without negatives.");
        }
    }

    /** The scores of each anchor with its own candidates, and what the divergence makes of them. */
    Explained explained() {
        ScoreTable table = table(blocks());
        boolean compares = divergence instanceof KullbackLeibler || divergence instanceof CrossEntropy;
        return Explained.of(table, divergence.judge(table), compares);
    }

    private Geometry.Block[] blocks() {
        int items = batch.items();
        Geometry.Block[] blocks = new Geometry.Block[candidates.length];
        for (int c = 0; c < blocks.length; c++) {
            blocks[c] = new Geometry.Block(
                    batch.itemRows(batch.anchorIndex(), 0, items), batch.itemRows(candidates[c], 0, items), true);
        }
        return blocks;
    }

    private ScoreTable table(Geometry.Block[] blocks) {
        int items = batch.items();
        int width = blocks.length;
        double[][] scores = new double[items][width];
        Relation[][] relations = new Relation[items][width];
        for (int c = 0; c < width; c++) {
            double[] column = similarity.kind().geometry().scores(blocks[c]).toDoubles();
            for (int i = 0; i < items; i++) {
                scores[i][c] = similarity.scale() * column[i];
                relations[i][c] = relation(i, candidates[c]);
            }
        }
        return new ScoreTable(scores, relations, targets(width));
    }

    Evaluation evaluate() {
        int items = batch.items();
        Geometry geometry = similarity.kind().geometry();
        Geometry.Block[] blocks = blocks();
        ScoreTable table = table(blocks);
        Judgement judgement = divergence.judge(table);
        for (int c = 0; c < blocks.length; c++) {
            double[] column = new double[items];
            for (int i = 0; i < items; i++) {
                column[i] = similarity.scale() * judgement.gradient()[i][c];
            }
            Geometry.Pull pull = geometry.pull(
                    blocks[c], Tensor.of(column, items).to(blocks[c].anchors().type()));
            batch.addToItems(batch.anchorIndex(), 0, items, pull.anchors());
            batch.addToItems(candidates[c], 0, items, pull.candidates());
        }
        return new Evaluation(
                judgement.loss(),
                judgement.chance(),
                judgement.floor(),
                Map.of(),
                batch.gradients(),
                judgement.anchors(),
                items - judgement.anchors(),
                table.count(Relation.IGNORE));
    }

    private Relation relation(int item, int view) {
        int row = batch.row(view, item);
        if (row < 0) {
            return Relation.IGNORE;
        }
        if (view == batch.positiveIndex()) {
            return Relation.POSITIVE;
        }
        if (supervision instanceof Supervision.SameItem) {
            long content = batch.view(view).contents()[row];
            for (long own : batch.ownContents(item)) {
                if (own == content) {
                    return Relation.IGNORE;
                }
            }
        }
        return Relation.NEGATIVE;
    }

    private double[][] targets(int width) {
        int items = batch.items();
        if (supervision instanceof Supervision.SameItem) {
            return new double[items][0];
        }
        if (supervision instanceof Supervision.GoldScores) {
            return columns(scores());
        }
        if (supervision instanceof Supervision.TeacherSoftmax softmax) {
            double[][] teacher = teacherScores(width);
            double[][] result = new double[items][width];
            for (int i = 0; i < items; i++) {
                double[] scaled = teacher[i].clone();
                for (int j = 0; j < width; j++) {
                    scaled[j] /= softmax.temperature();
                }
                double normalizer = LogSumExp.of(scaled);
                for (int j = 0; j < width; j++) {
                    result[i][j] = Math.exp(scaled[j] - normalizer);
                }
            }
            return result;
        }
        if (views.teacherScores() == null && width == 2) {
            return columns(scores());
        }
        double[][] teacher = teacherScores(width);
        double[][] result = new double[items][width - 1];
        for (int i = 0; i < items; i++) {
            for (int n = 1; n < width; n++) {
                result[i][n - 1] = teacher[i][0] - teacher[i][n];
            }
        }
        return result;
    }

    private static double[][] columns(double[] values) {
        double[][] result = new double[values.length][1];
        for (int i = 0; i < values.length; i++) {
            result[i][0] = values[i];
        }
        return result;
    }

    private double[] scores() {
        double[] scores = views.scores();
        if (scores == null || scores.length != batch.items()) {
            throw ChiaroException.usage(
                    "objective: expected a score for each of " + batch.items() + " anchors, but found "
                            + (scores == null ? "none" : scores.length) + ". Name the column of role score.");
        }
        for (double score : scores) {
            requireFinite(score);
        }
        return scores;
    }

    private double[][] teacherScores(int width) {
        double[][] scores = views.teacherScores();
        if (scores == null || scores.length != batch.items()) {
            throw ChiaroException.usage("objective: expected the teacher's scores for each of " + batch.items()
                    + " anchors, but found " + (scores == null ? "none" : scores.length)
                    + ". Name the column that holds them, one score for each candidate.");
        }
        for (double[] row : scores) {
            if (row.length != width) {
                throw ChiaroException.data("objective: expected a teacher's score for each of " + width
                        + " candidates, but found " + row.length + ". Mend the record.");
            }
            for (double score : row) {
                requireFinite(score);
            }
        }
        return scores;
    }

    private static void requireFinite(double score) {
        if (!Double.isFinite(score)) {
            throw ChiaroException.data("objective: expected finite scores, but found " + score + ". Mend the record.");
        }
    }
}
