package io.chiaro.objective;

import io.chiaro.tensor.Tensor;
import java.util.Optional;

/**
 * What a value makes of a table of scores, for people to look at.
 *
 * @param table scores, relations and, where it is told by degrees or a teacher, targets
 * @param pull d value of an anchor / d score of each of its candidates, [N][k]; zeros for an anchor that does not count
 * @param shares what is compared, where the value compares distributions
 */
@SuppressWarnings("ArrayRecordComponent")
public record Explained(ScoreTable table, double[][] pull, Optional<Shares> shares) {

    /**
     * The two sides of a comparison.
     *
     * @param targets p, [N][k]
     * @param model q, [N][k]
     * @param denominators Z, by which q was divided, [N]; empty where q is no share of a sum
     */
    @SuppressWarnings("ArrayRecordComponent")
    public record Shares(double[][] targets, double[][] model, double[] denominators) {

        /** The softmax of a table's scores over its candidates, against its targets or an even share for every positive. */
        static Shares softmax(ScoreTable table) {
            double[][] targets = table.zeros();
            double[][] model = table.zeros();
            double[] denominators = new double[table.rows()];
            for (int i = 0; i < table.rows(); i++) {
                Relation[] relations = table.relations()[i];
                double[] told = table.targets()[i];
                double[] scores = table.scores()[i];
                int positives = table.count(i, Relation.POSITIVE);
                for (int j = 0; j < relations.length; j++) {
                    boolean candidate = relations[j] == Relation.POSITIVE || relations[j] == Relation.NEGATIVE;
                    model[i][j] = candidate ? Math.exp(scores[j]) : 0;
                    denominators[i] += model[i][j];
                    double even = relations[j] == Relation.POSITIVE ? 1.0 / positives : 0;
                    targets[i][j] = told.length == relations.length ? told[j] : even;
                }
                for (int j = 0; j < relations.length; j++) {
                    model[i][j] /= Math.max(denominators[i], Double.MIN_NORMAL);
                }
            }
            return new Shares(targets, model, denominators);
        }
    }

    /**
     * Two distributions whose cross-entropy is a value: what belongs to a row is positive, what has no score is left out.
     *
     * @param target p, [n, m]
     * @param scores whose softmax is q, [n, m]; minus infinity where a candidate is left out
     */
    static Explained of(Tensor target, Tensor scores) {
        int n = Math.toIntExact(scores.size(0));
        int m = Math.toIntExact(scores.size(1));
        double[] p = target.detach().toDoubles();
        double[] s = scores.detach().toDoubles();
        double[][] targets = new double[n][m];
        double[][] cells = new double[n][m];
        Relation[][] relations = new Relation[n][m];
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < m; j++) {
                targets[i][j] = p[i * m + j];
                boolean isOut = Double.isInfinite(s[i * m + j]);
                cells[i][j] = isOut ? 0 : s[i * m + j];
                Relation out = i == j ? Relation.SELF : Relation.IGNORE;
                relations[i][j] = isOut ? out : targets[i][j] > 0 ? Relation.POSITIVE : Relation.NEGATIVE;
            }
        }
        ScoreTable table = new ScoreTable(cells, relations, targets);
        Shares shares = Shares.softmax(table);
        double[][] pull = table.zeros();
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < m; j++) {
                pull[i][j] = shares.model()[i][j] - targets[i][j];
            }
        }
        return new Explained(table, pull, Optional.of(shares));
    }

    /** A table that was judged as a whole, whose value is a mean over anchors. */
    static Explained of(ScoreTable table, Judgement judgement, boolean compares) {
        double[][] pull = table.zeros();
        for (int i = 0; i < pull.length; i++) {
            for (int j = 0; j < pull[i].length; j++) {
                pull[i][j] = judgement.gradient()[i][j] * judgement.anchors();
            }
        }
        return new Explained(table, pull, compares ? Optional.of(Shares.softmax(table)) : Optional.empty());
    }
}
