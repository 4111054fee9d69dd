package io.chiaro.objective.synthetic;

import io.chiaro.core.RandomStream;
import io.chiaro.objective.BatchLoss;
import io.chiaro.objective.ViewBatch;
import io.chiaro.objective.classes.OwnClass;
import io.chiaro.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/**
 * Fine-tuning with classes, kept in order by a supervised contrast over hard pairs that are made (Zhang et al., "Unleashing the Power
 * of Contrastive Self-Supervised Visual Models via Contrast-Regularized Fine-Tuning", NeurIPS 2021, section 4). With u the unit rows
 * of all views, p the row of i's class that is farthest from u_i, n the row of another class that is nearest, r one of another class
 * drawn at random, and both mixtures scaled to length one:
 *
 * <pre>
 * m+_i = a u_p + (1 - a) u_n,   a = Beta(shape, shape)
 * m-_i = b u_r + (1 - b) u_i,   b = max(least, Beta(shape, shape))
 * L_ce  = mean over u, m+ and m- of the cross-entropy of softmax(scale cosine with the memory classes) with their label, which is
 *         mixed as they are
 * L_con = mean over rows i and over P(i) of -(1 - focus q_ip) log q_ip,   q_i the softmax of cosines / tau over A(i)
 * value = L_ce + contrast L_con
 * </pre>
 *
 * <p>P(i) are the other rows of the class and m+_i; A(i) all other rows, m+_i and m-_i. A row alone in its class is mixed itself; where
 * there is no other class, m+_i is u_p and there is no m-_i. Mixtures have gradients. Both parts see one embedding, where the paper's
 * code has a projection of its own for L_con.
 *
 * @param scale of the cosines with the classes
 * @param contrast the weight of L_con
 * @param focus how much pairs that are right already count less, 1 in the paper; with 0 L_con is that of Khosla et al. (2020)
 * @param mixed whether mixtures are made; without them and without contrast this is the softmax over classes
 * @param shape above 0
 * @param least the least share of the other class, from 0 to 1
 */
public record ContrastRegularized(
        double temperature, double scale, double contrast, double focus, boolean mixed, double shape, double least)
        implements BatchLoss {

    public ContrastRegularized {
        if (!(shape > 0) || !(least >= 0 && least <= 1)) {
            throw new IllegalArgumentException(
                    "ContrastRegularized: expected a shape above 0 and a least share from 0 to 1, but found " + shape
                            + " and " + least);
        }
    }

    /** The mixture of two rows each, where present, [N, d], and how much of the first. */
    private record Mixtures(int[] first, int[] second, double[] shares, double[] present) {

        Mixtures(int rows) {
            this(new int[rows], new int[rows], new double[rows], new double[rows]);
        }

        Tensor of(Tensor rows) {
            Tensor share = column(shares, rows);
            return rows.indexSelect(0, Tensor.indices(first))
                    .multiply(share)
                    .add(rows.indexSelect(0, Tensor.indices(second))
                            .multiply(share.negate().add(1)));
        }
    }

    @Override
    public Tensor value(ViewBatch batch) {
        Tensor units = batch.rows().normalize(-1);
        Tensor targets = targets(batch, units);
        Tensor positives = batch.positives();
        Tensor others = batch.sameLabel().not();
        if (!mixed) {
            return classified(batch, units, targets, column(ones(units), units))
                    .add(contrasted(units.matmul(units.transpose(0, 1)), positives)
                            .multiply(contrast));
        }
        Tensor cosines = units.matmul(units.transpose(0, 1));
        Mixtures hardPositive = hardPositive(batch, cosines.detach(), positives, others);
        Mixtures hardNegative = hardNegative(batch);
        Tensor mixedPositive = hardPositive.of(units).normalize(-1);
        Tensor mixedNegative = hardNegative.of(units).normalize(-1);
        Tensor present = column(hardNegative.present(), units);
        Tensor all = Tensor.concatenate(List.of(units, mixedPositive, mixedNegative), 0);
        Tensor told = Tensor.concatenate(List.of(targets, hardPositive.of(targets), hardNegative.of(targets)), 0);
        Tensor counted =
                Tensor.concatenate(List.of(column(ones(units), units), column(ones(units), units), present), 0);
        Tensor toPositive = units.multiply(mixedPositive).sum(1, true);
        Tensor toNegative = units.multiply(mixedNegative)
                .sum(1, true)
                .maskedFill(present.isGreater(0).not(), Double.NEGATIVE_INFINITY);
        Tensor scores = Tensor.concatenate(List.of(cosines, toPositive, toNegative), 1);
        Tensor yes = Tensor.ones(units.size(0), 1).isGreater(0);
        Tensor belonging = Tensor.concatenate(List.of(positives, yes, yes.not()), 1);
        return classified(batch, all, told, counted)
                .add(contrasted(scores, belonging).multiply(contrast));
    }

    /** The farthest row of the class, or the row itself, with the nearest of another class. */
    private Mixtures hardPositive(ViewBatch batch, Tensor cosines, Tensor positives, Tensor others) {
        long[] farthest = first(cosines.negate(), positives);
        long[] nearest = first(cosines, others);
        int[] labels = batch.rowLabels();
        Mixtures made = new Mixtures(labels.length);
        for (int i = 0; i < labels.length; i++) {
            boolean lonely = labels[(int) farthest[i]] != labels[i] || farthest[i] == i;
            made.first()[i] = lonely ? i : (int) farthest[i];
            made.second()[i] = labels[(int) nearest[i]] == labels[i] ? made.first()[i] : (int) nearest[i];
            made.shares()[i] = BetaNumbers.next(batch.random("hard positive", i), shape);
            made.present()[i] = 1;
        }
        return made;
    }

    /** The place of each row's highest marked cell; any if none is marked. */
    private static long[] first(Tensor scores, Tensor mask) {
        return scores.maskedFill(mask.not(), Double.NEGATIVE_INFINITY)
                .sortedIndices(1, true)
                .narrow(1, 0, 1)
                .contiguous()
                .toLongs();
    }

    /** A row of another class, drawn at random, with the row itself. */
    private Mixtures hardNegative(ViewBatch batch) {
        int[] labels = batch.rowLabels();
        Mixtures made = new Mixtures(labels.length);
        for (int i = 0; i < labels.length; i++) {
            RandomStream random = batch.random("hard negative", i);
            List<Integer> others = new ArrayList<>();
            for (int j = 0; j < labels.length; j++) {
                if (labels[j] != labels[i]) {
                    others.add(j);
                }
            }
            made.first()[i] = others.isEmpty() ? i : others.get(random.nextInt(others.size()));
            made.second()[i] = i;
            made.shares()[i] = Math.max(least, BetaNumbers.next(random, shape));
            made.present()[i] = others.isEmpty() ? 0 : 1;
        }
        return made;
    }

    /** The mean cross-entropy of the classes over the rows that count. */
    private Tensor classified(ViewBatch batch, Tensor units, Tensor targets, Tensor counted) {
        Tensor classes = batch.memory("classes").normalize(-1);
        Tensor logarithms =
                units.matmul(classes.transpose(0, 1)).multiply(scale).logSoftmax(1);
        return targets.multiply(logarithms)
                .sum(1, true)
                .multiply(counted)
                .sum()
                .divide(counted.sum())
                .negate();
    }

    /** The mean over rows with a positive of the mean over their positives; the first columns of the scores are the rows. */
    private Tensor contrasted(Tensor scores, Tensor positives) {
        long rows = scores.size(0);
        Tensor self = Tensor.range(scores.size(1))
                .unsqueeze(0)
                .isEqual(Tensor.range(rows).unsqueeze(1));
        Tensor shown = scores.divide(temperature).maskedFill(self, Double.NEGATIVE_INFINITY);
        // A row without any candidate has no softmax.
        Tensor logarithms =
                (scores.size(1) == 1 ? shown.multiply(0) : shown.logSoftmax(1)).maskedFill(positives.not(), 0);
        Tensor losses = logarithms.multiply(logarithms.exp().multiply(-focus).add(1));
        Tensor counts = positives.to(scores.type()).sum(1, false);
        return losses.sum(1, false)
                .divide(counts.atLeast(1))
                .sum()
                .divide(counts.atMost(1).sum().atLeast(1))
                .negate();
    }

    /** Which class each row has, of zeros and ones, [N, classes]. */
    private static Tensor targets(ViewBatch batch, Tensor like) {
        int classes = Math.toIntExact(batch.memory("classes").size(0));
        return OwnClass.of(batch.rowLabels(), classes).to(like.type());
    }

    private static double[] ones(Tensor rows) {
        double[] ones = new double[Math.toIntExact(rows.size(0))];
        Arrays.fill(ones, 1);
        return ones;
    }

    private static Tensor column(double[] values, Tensor like) {
        return Tensor.of(values, values.length, 1).to(like.type());
    }

    @Override
    public boolean labelled() {
        return true;
    }

    @Override
    public Set<String> memories() {
        return Set.of("classes");
    }

    @Override
    public int views() {
        return 1;
    }

    @Override
    public String reduction() {
        return "means over rows, mixtures and positives";
    }
}
