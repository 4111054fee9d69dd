package io.chiaro.objective.synthetic;

import io.chiaro.core.RandomStream;
import io.chiaro.objective.BatchLoss;
import io.chiaro.objective.ViewBatch;
import io.chiaro.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Supervised contrast for numbers, with mixtures as hard negatives and hard positives (Wu et al., "Mixup Your Own Pairs", 2023,
 * section 3, "SupReMix"). With u the unit rows of all views, y their numbers:
 *
 * <pre>
 * negative of i  a u_i + (1 - a) u_n,  a = Beta(first, second), y_n other than y_i; its number is mixed as it is
 * positive of i  b u_j + (1 - b) u_k,  y_j below y_i below y_k, both by less than the window, b so that its number is y_i
 * s(c)           u_i c / tau for other rows and mixtures c
 * loss_i         -1/|P| sum over p in P of ( s(p) - log sum over c in A of (1 + magnifying |y_i - y_c|) exp s(c) )
 * </pre>
 *
 * <p>P are the other rows of i's number and its mixed positives; A all other rows and all its mixtures; the mean is over rows with a
 * positive. {@code negatives} and {@code positives} mixtures are drawn for each row of all that there are. Mixtures are held fixed, and
 * not scaled to length one. One maximum is taken off all scores of a row: an implementation that takes one off the rows and another off
 * the mixtures no longer has their shares. Without mixtures and magnifying this is SupCon, each number a class.
 *
 * @param negatives mixtures of a row with a negative, at least 0
 * @param positives mixtures that have a row's number, at least 0
 * @param window above 0
 * @param magnifying by how much further negatives count more, at least 0
 * @param first the first shape of a, above 0
 * @param second the second, above 0
 */
public record MixedNumbers(
        double temperature, int negatives, int positives, double window, double magnifying, double first, double second)
        implements BatchLoss {

    public MixedNumbers {
        if (negatives < 0 || positives < 0 || !(magnifying >= 0)) {
            throw new IllegalArgumentException("MixedNumbers: expected numbers of at least 0, but found " + negatives
                    + ", " + positives + " and " + magnifying);
        }
        if (!(window > 0 && first > 0 && second > 0)) {
            throw new IllegalArgumentException("MixedNumbers: expected a window and shapes above 0, but found " + window
                    + ", " + first + " and " + second);
        }
    }

    /** Mixtures by anchor: two rows each, the share of the first, their number; -1 as the first row where there is none. */
    private record Mixtures(int each, long[] first, long[] second, double[] shares, double[] numbers) {

        Mixtures(int rows, int each) {
            this(each, new long[rows * each], new long[rows * each], new double[rows * each], new double[rows * each]);
        }

        void put(int at, int one, int other, double share, double number) {
            first[at] = one;
            second[at] = other;
            shares[at] = share;
            numbers[at] = number;
        }

        private Tensor values(double[] values, Tensor like) {
            return Tensor.of(values, values.length / each, each).to(like.type());
        }

        /** From cosines of anchors with rows to those with mixtures; minus infinity where there is none. */
        Tensor scores(Tensor cosines, Tensor present) {
            long[] safe = first.clone();
            for (int k = 0; k < safe.length; k++) {
                safe[k] = Math.max(0, safe[k]);
            }
            Tensor share = values(shares, cosines);
            return cosines.gather(1, Tensor.of(safe, safe.length / each, each))
                    .multiply(share)
                    .add(cosines.gather(1, Tensor.of(second, second.length / each, each))
                            .multiply(share.negate().add(1)))
                    .maskedFill(present.not(), Double.NEGATIVE_INFINITY);
        }

        Tensor present(Tensor like) {
            double[] there = new double[first.length];
            for (int k = 0; k < there.length; k++) {
                there[k] = first[k] < 0 ? 0 : 1;
            }
            return values(there, like).isGreater(0);
        }
    }

    @Override
    public Tensor value(ViewBatch batch) {
        Tensor units = batch.rows().normalize(-1);
        Tensor numbers = repeated(batch.scores(), batch.views().size());
        double[] each = numbers.toDoubles();
        long rows = each.length;
        Tensor scores = units.matmul(units.transpose(0, 1));
        Tensor places = Tensor.range(rows);
        Tensor self = places.unsqueeze(0).isEqual(places.unsqueeze(1));
        Tensor distances = numbers.unsqueeze(1).subtract(numbers.unsqueeze(0)).abs();
        List<Tensor> cells = new ArrayList<>(List.of(scores.maskedFill(self, Double.NEGATIVE_INFINITY)));
        List<Tensor> belonging =
                new ArrayList<>(List.of(distances.isGreater(0).not().and(self.not())));
        List<Tensor> apart = new ArrayList<>(List.of(distances));
        // A mixture is held fixed, so its rows have no gradient, but the anchor has.
        Tensor toFixed = units.matmul(units.detach().transpose(0, 1));
        Mixtures mixedNegatives = negative(batch, each);
        for (Mixtures made : List.of(mixedNegatives, positive(batch, each))) {
            if (made.each() > 0) {
                Tensor present = made.present(scores);
                cells.add(made.scores(toFixed, present));
                apart.add(made.values(made.numbers(), scores)
                        .subtract(numbers.unsqueeze(1))
                        .abs());
                belonging.add(made == mixedNegatives ? present.and(present.not()) : present);
            }
        }
        return loss(
                Tensor.concatenate(cells, 1).divide(temperature),
                Tensor.concatenate(belonging, 1),
                Tensor.concatenate(apart, 1));
    }

    private Tensor loss(Tensor scores, Tensor belonging, Tensor apart) {
        Tensor counts = belonging.to(scores.type()).sum(1, false);
        Tensor normalizers = scores.add(apart.multiply(magnifying).add(1).log())
                .maskedFill(counts.isGreater(0).not().unsqueeze(1), 0)
                .logSumExp(1, false);
        Tensor means = scores.maskedFill(belonging.not(), 0).sum(1, false).divide(counts.atLeast(1));
        Tensor has = counts.atMost(1);
        return normalizers.subtract(means).multiply(has).sum().divide(has.sum().atLeast(1));
    }

    private Mixtures negative(ViewBatch batch, double[] numbers) {
        Mixtures made = new Mixtures(numbers.length, negatives);
        for (int i = 0; i < numbers.length; i++) {
            RandomStream random = batch.random("mixed negatives", i);
            int[] others = rows(numbers, i, Double.POSITIVE_INFINITY, 0);
            for (int k = 0; k < negatives; k++) {
                if (others.length == 0) {
                    made.put(i * negatives + k, -1, 0, 0, 0);
                    continue;
                }
                int other = others[random.nextInt(others.length)];
                double share = BetaNumbers.next(random, first, second);
                made.put(i * negatives + k, i, other, share, share * numbers[i] + (1 - share) * numbers[other]);
            }
        }
        return made;
    }

    private Mixtures positive(ViewBatch batch, double[] numbers) {
        Mixtures made = new Mixtures(numbers.length, positives);
        for (int i = 0; i < numbers.length; i++) {
            RandomStream random = batch.random("mixed positives", i);
            int[] below = rows(numbers, i, window, -1);
            int[] above = rows(numbers, i, window, 1);
            for (int k = 0; k < positives; k++) {
                if (below.length == 0 || above.length == 0) {
                    made.put(i * positives + k, -1, 0, 0, 0);
                    continue;
                }
                int low = below[random.nextInt(below.length)];
                int high = above[random.nextInt(above.length)];
                double share = (numbers[high] - numbers[i]) / (numbers[high] - numbers[low]);
                made.put(i * positives + k, low, high, share, numbers[i]);
            }
        }
        return made;
    }

    /** The rows whose number is not that of row i, but less than the reach away; below it, above it, or (side 0) either. */
    private static int[] rows(double[] numbers, int i, double reach, int side) {
        return IntStream.range(0, numbers.length)
                .filter(j -> numbers[j] != numbers[i]
                        && Math.abs(numbers[j] - numbers[i]) < reach
                        && (side == 0 || side * (numbers[j] - numbers[i]) > 0))
                .toArray();
    }

    private static Tensor repeated(Tensor numbers, int views) {
        List<Tensor> parts = new ArrayList<>();
        for (int v = 0; v < views; v++) {
            parts.add(numbers);
        }
        return Tensor.concatenate(parts, 0);
    }

    @Override
    public boolean scored() {
        return true;
    }

    @Override
    public int views() {
        return 1;
    }

    @Override
    public String reduction() {
        return "mean over rows with a positive";
    }
}
