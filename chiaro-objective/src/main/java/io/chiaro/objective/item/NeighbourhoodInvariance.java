package io.chiaro.objective.item;

import io.chiaro.objective.BatchLoss;
import io.chiaro.objective.ViewBatch;
import io.chiaro.tensor.Scope;
import io.chiaro.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * The memory {@code bank} holds a vector v of length one for each record of the data. Rows look for their own, and for those that
 * lie around it (Wang et al., "Unsupervised Representation Learning by Invariance Propagation", NeurIPS 2020, section 3). With f a
 * row of length one, s its cosines with the bank over {@code temperature}, and i its record:
 *
 * <pre>
 * instance   = -log( exp s_i / sum over all records of exp s_j )
 * invariance = -log( sum over H of exp s_j / sum over H and B of exp s_j ), 0 for a record that was met fewer than after times
 * value      = mean over rows of instance + weight invariance
 * v_i        = gamma v_i + (1 - gamma) f, scaled to length one
 * </pre>
 *
 * <p>N is what can be reached from i in {@code hops} steps, each to one of the {@code neighbours} nearest in the bank; H are the
 * {@code hard} of N that are least like f, and B the {@code background} records that are nearest to f, without i. With several views the value
 * is their mean, and a record keeps the mean of its rows. With a weight of 0 this is instance discrimination.
 *
 * <p>The vectors are random at first, and so are neighbours. The authors' code waits for 30 epochs; the memory {@code visits} counts how
 * often a record was met, which is the same where each is met once an epoch. That code has no H in the denominator, so that what it takes the
 * logarithm of is no probability; here it is one.
 *
 * @param gamma how much of a vector stays, from 0 to below 1
 * @param after at least 0
 */
public record NeighbourhoodInvariance(
        double temperature, int neighbours, int hops, int hard, int background, double weight, double gamma, int after)
        implements BatchLoss {

    private static final String VISITS = "visits";
    /** How many records look around the bank at once: what they see takes as many numbers for each record of the bank. */
    private static final int TOGETHER = 256;

    public NeighbourhoodInvariance {
        if (Math.min(Math.min(neighbours, hops), Math.min(hard, background)) < 1) {
            throw new IllegalArgumentException("NeighbourhoodInvariance: expected numbers of at least 1, but found "
                    + neighbours + ", " + hops + ", " + hard + " and " + background);
        }
        if (after < 0) {
            throw new IllegalArgumentException(
                    "NeighbourhoodInvariance: expected after of at least 0, but found " + after);
        }
        Bank.requireShare(gamma);
    }

    @Override
    public Tensor value(ViewBatch batch) {
        Tensor bank = Bank.of(batch);
        int[] records = batch.records(Math.toIntExact(bank.size(0)));
        Tensor own = Tensor.indices(records).unsqueeze(1);
        List<Set<Integer>> around = weight == 0 ? List.of() : around(bank, records);
        Tensor value = bank.sum().multiply(0);
        for (Tensor rows : batch.units()) {
            Tensor scores = rows.matmul(bank.transpose(0, 1)).divide(temperature);
            value = value.add(scores.logSumExp(1, false)
                    .subtract(scores.gather(1, own).reshape(-1))
                    .mean());
            if (weight != 0) {
                value = value.add(invariance(scores, records, around)
                        .maskedFill(met(batch).isGreater(after - 0.5).not(), 0)
                        .mean()
                        .multiply(weight));
            }
        }
        return value.divide(batch.views().size());
    }

    /** How often each record was met before, [B]. */
    private static Tensor met(ViewBatch batch) {
        return batch.memoryOrZeros(VISITS, batch.items(), 1).reshape(-1).detach();
    }

    /** The records that can be reached from each, without itself. Steps are taken together, and each record looks around once. */
    private List<Set<Integer>> around(Tensor bank, int[] records) {
        Map<Integer, int[]> nearest = new HashMap<>();
        List<Set<Integer>> reached = new ArrayList<>();
        List<List<Integer>> last = new ArrayList<>();
        for (int record : records) {
            reached.add(new TreeSet<>(Set.of(record)));
            last.add(List.of(record));
        }
        for (int hop = 0; hop < hops; hop++) {
            look(
                    bank,
                    last.stream()
                            .flatMap(List::stream)
                            .distinct()
                            .filter(record -> !nearest.containsKey(record))
                            .toList(),
                    nearest);
            for (int i = 0; i < records.length; i++) {
                List<Integer> next = new ArrayList<>();
                for (int from : last.get(i)) {
                    for (int found : nearest.getOrDefault(from, new int[0])) {
                        if (reached.get(i).add(found)) {
                            next.add(found);
                        }
                    }
                }
                last.set(i, next);
            }
        }
        for (int i = 0; i < records.length; i++) {
            reached.get(i).remove(records[i]);
        }
        return reached;
    }

    /** Adds the nearest of some records to those that are known. */
    private void look(Tensor bank, List<Integer> from, Map<Integer, int[]> nearest) {
        int count = Math.toIntExact(Math.min(neighbours, bank.size(0) - 1));
        for (int begin = 0; begin < from.size(); begin += TOGETHER) {
            List<Integer> part = from.subList(begin, Math.min(begin + TOGETHER, from.size()));
            try (Scope strip = Scope.open("neighbours")) {
                Tensor rows =
                        Tensor.indices(part.stream().mapToInt(record -> record).toArray());
                // A record is its own nearest, so one more is looked up, and it is passed over wherever it stands.
                long[] found = bank.indexSelect(0, rows)
                        .matmul(bank.transpose(0, 1))
                        .largestIndices(count + 1)
                        .toLongs();
                for (int i = 0; i < part.size(); i++) {
                    int record = part.get(i);
                    nearest.put(
                            record,
                            Arrays.stream(found, i * (count + 1), (i + 1) * (count + 1))
                                    .filter(other -> other != record)
                                    .limit(count)
                                    .mapToInt(Math::toIntExact)
                                    .toArray());
                }
            }
        }
    }

    private Tensor invariance(Tensor scores, int[] records, List<Set<Integer>> around) {
        int all = Math.toIntExact(scores.size(1));
        double[] told = scores.detach().toDoubles();
        // One more, since a record's own vector is passed over wherever it stands.
        int near = Math.min(background + 1, all);
        long[] nearest = scores.detach().largestIndices(near).toLongs();
        byte[] above = new byte[told.length];
        byte[] below = new byte[told.length];
        for (int i = 0; i < around.size(); i++) {
            int row = i * all;
            around.get(i).stream()
                    .sorted(Comparator.comparingDouble(j -> told[row + j]))
                    .limit(hard)
                    .forEach(j -> {
                        above[row + j] = 1;
                        below[row + j] = 1;
                    });
            int own = records[i];
            Arrays.stream(nearest, i * near, (i + 1) * near)
                    .filter(j -> j != own)
                    .limit(background)
                    .forEach(j -> below[row + Math.toIntExact(j)] = 1);
        }
        return over(scores, below).subtract(over(scores, above));
    }

    private static Tensor over(Tensor scores, byte[] mask) {
        return scores.maskedFill(Tensor.mask(mask, scores.shape()).not(), Double.NEGATIVE_INFINITY)
                .logSumExp(1, false);
    }

    @Override
    public Map<String, Tensor> remembered(ViewBatch batch) {
        Map<String, Tensor> left = new HashMap<>(Bank.moved(batch, gamma));
        left.put(VISITS, batch.memoryOrZeros(VISITS, batch.items(), 1).add(1));
        return left;
    }

    @Override
    public Set<String> memories() {
        return Set.of(Bank.NAME, VISITS);
    }

    @Override
    public int views() {
        return 1;
    }

    @Override
    public String reduction() {
        return "mean over rows";
    }
}
