package io.chiaro.objective;

import io.chiaro.core.ChiaroException;
import io.chiaro.core.RandomStream;
import io.chiaro.tensor.DType;
import io.chiaro.tensor.Tensor;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The views of a batch as a {@link BatchLoss} sees them: V tensors [B, d], where row i of each belongs to the same item, with
 * gradients recorded.
 */
public final class ViewBatch {

    private final List<Tensor> views;
    private final Views all;
    private final Map<String, Tensor> memories;
    /** The views that were asked for one by one. */
    private final Set<Integer> looked = new HashSet<>();

    /** What was compared, for people to look at; null where nobody looks. */
    private final @Nullable List<Explained> compared;

    ViewBatch(List<Tensor> views, Views all, Map<String, Tensor> memories) {
        this(views, all, memories, null);
    }

    /** @param compared takes a table for each comparison of distributions */
    ViewBatch(List<Tensor> views, Views all, Map<String, Tensor> memories, @Nullable List<Explained> compared) {
        this.compared = compared;
        this.views = List.copyOf(views);
        this.all = all;
        this.memories = memories;
    }

    /** The views, in their order. */
    public List<Tensor> views() {
        return views;
    }

    /** View k; an error says that there are too few. */
    public Tensor view(int k) {
        if (k >= views.size()) {
            throw ChiaroException.usage("objective: expected at least " + (k + 1) + " views, but found " + views.size()
                    + ". Give another.");
        }
        looked.add(k);
        return views.get(k);
    }

    /** Whether a view was neither asked for alone nor has a part in the value that was made of this. */
    boolean isIgnored(int k) {
        return !looked.contains(k) && views.get(k).gradient() == null;
    }

    /** Each view with rows of length one. */
    public List<Tensor> units() {
        return views.stream().map(view -> view.normalize(-1)).toList();
    }

    /** View k with rows of length one. */
    public Tensor unit(int k) {
        return view(k).normalize(-1);
    }

    /** What a guide model makes of view k, with rows of length one, [B, dg]; held fixed. */
    public Tensor guide(int k) {
        List<Tensor> guides = all.guides();
        if (guides == null) {
            throw ChiaroException.usage(
                    "objective: a guide says which items are alike, but the batch has no guide values. "
                            + "Name a guide model.");
        }
        return guides.get(k).detach().to(views.get(0).type()).normalize(-1);
    }

    /**
     * The mean over rows of the cross-entropy of a distribution, held fixed, with the softmax of scores.
     *
     * @param target p, [n, m]
     * @param scores [n, m]
     */
    public Tensor crossEntropy(Tensor target, Tensor scores) {
        if (compared != null) {
            compared.add(Explained.of(target, scores));
        }
        return target.detach()
                .multiply(scores.logSoftmax(1))
                .sum(1, false)
                .mean()
                .negate();
    }

    /** The mean over items of the cross-entropy of each row of the first with its own row among all of the second. */
    public Tensor crossEntropyOfItems(Tensor first, Tensor second, double temperature) {
        Tensor scores = first.matmul(second.transpose(0, 1)).divide(temperature);
        return crossEntropy(same(first.size(0), 0).to(scores.type()), scores);
    }

    /**
     * NT-Xent for each of the 2 B rows of two views of unit rows: minus the logarithm of the share of the item's other row in
     * the softmax over all rows but itself, [2 B].
     */
    public Tensor softmaxOfPairs(Tensor first, Tensor second, double temperature) {
        Tensor rows = Tensor.concatenate(List.of(first, second), 0);
        Tensor own = first.multiply(second).sum(1, false).divide(temperature);
        Tensor scores = rows.matmul(rows.transpose(0, 1))
                .divide(temperature)
                .maskedFill(same(rows.size(0), 0), Double.NEGATIVE_INFINITY);
        if (compared != null) {
            Tensor other = same(rows.size(0), first.size(0)).or(same(rows.size(0), -first.size(0)));
            compared.add(Explained.of(other.to(scores.type()), scores));
        }
        return scores.logSumExp(1, false).subtract(Tensor.concatenate(List.of(own, own), 0));
    }

    /** True where a column is so many places behind its row, [n, n]. */
    private static Tensor same(long n, long behind) {
        double[] places = new double[Math.toIntExact(n)];
        Arrays.setAll(places, row -> row + behind);
        return Tensor.of(places, places.length, 1)
                .isEqual(Tensor.range(Math.toIntExact(n)).to(DType.DOUBLE).reshape(1, n));
    }

    /** The number of items, B. */
    public int items() {
        return Math.toIntExact(views.get(0).size(0));
    }

    /** The width, d. */
    public int width() {
        return Math.toIntExact(views.get(0).size(1));
    }

    /** A class for each item. */
    public int[] labels() {
        int @Nullable [] labels = all.labels();
        if (labels == null) {
            throw ChiaroException.usage("objective: expected a label for every item, but found none. Name its column.");
        }
        return labels;
    }

    /** A number for each item, [B]. */
    public Tensor scores() {
        double @Nullable [] scores = all.scores();
        if (scores == null || scores.length != items()) {
            throw ChiaroException.usage("objective: expected a score for each of " + items() + " items, but found "
                    + (scores == null ? "none" : scores.length) + ". Name its column.");
        }
        return Tensor.of(scores, scores.length).to(views.get(0).type());
    }

    /** The teacher's score of every candidate of an item, the positive and then the negatives, [B, V - 1]. */
    public Tensor teacherScores() {
        double @Nullable [][] scores = all.teacherScores();
        int candidates = views.size() - 1;
        if (scores == null || scores.length != items() || scores[0].length != candidates) {
            throw ChiaroException.usage("objective: expected the teacher's score of each of " + candidates
                    + " candidates of every item, but found "
                    + (scores == null || scores.length == 0 ? "none" : scores[0].length) + ". Name their column.");
        }
        return Tensor.of(Arrays.stream(scores).flatMapToDouble(Arrays::stream).toArray(), items(), candidates)
                .to(views.get(0).type());
    }

    /** The rows of all views one after another, [V B, d]. */
    public Tensor rows() {
        return Tensor.concatenate(views, 0);
    }

    /** The class of each of these rows, [V B]. */
    public int[] rowLabels() {
        int[] labels = labels();
        int[] repeated = new int[labels.length * views.size()];
        Arrays.setAll(repeated, i -> labels[i % labels.length]);
        return repeated;
    }

    /** True where two of these rows have one class, also for a row with itself, [V B, V B]. */
    public Tensor sameLabel() {
        Tensor labels = Tensor.indices(rowLabels());
        return labels.unsqueeze(0).isEqual(labels.unsqueeze(1));
    }

    /** True where another of these rows has the same class, [V B, V B]. */
    public Tensor positives() {
        Tensor places = Tensor.range(rowLabels().length);
        return sameLabel().and(places.unsqueeze(0).isEqual(places.unsqueeze(1)).not());
    }

    /** Rows that no view holds, by name, [K, d]; with a gradient if they are {@link Views#LEARNED}. */
    public Tensor memory(String name) {
        Tensor memory = memories.get(name);
        if (memory == null) {
            throw ChiaroException.usage("objective: expected the memory \"" + name + "\", but found "
                    + (memories.isEmpty() ? "none" : memories.keySet()) + ". Give its rows.");
        }
        return memory;
    }

    /** Whether there is a memory of that name. */
    public boolean remembers(String name) {
        return memories.containsKey(name);
    }

    /** Rows that no view holds, and that are zero before a run has any, [rows, columns]. */
    public Tensor memoryOrZeros(String name, long rows, long columns) {
        if (!memories.containsKey(name)) {
            return Tensor.zeros(rows, columns).to(views.get(0).type());
        }
        Tensor found = memory(name);
        if (found.rank() != 2 || found.size(0) != rows || found.size(1) != columns) {
            throw ChiaroException.usage("objective: expected the memory \"" + name + "\" with the shape [" + rows + ", "
                    + columns + "], but found " + found + ". Give such rows.");
        }
        return found;
    }

    /** The number of each item's record in the data, below {@code all}. */
    public int[] records(int all) {
        long @Nullable [] records = this.all.records();
        if (records == null) {
            throw ChiaroException.usage("objective: expected the number of every record, but found none.");
        }
        for (long record : records) {
            if (record < 0 || record >= all) {
                throw ChiaroException.usage("objective: expected a memory with a row for every record, but it has "
                        + all + " rows, and found record " + record + ". Give more rows.");
            }
        }
        return Arrays.stream(records).mapToInt(Math::toIntExact).toArray();
    }

    /** Where the step's random numbers stand. */
    public long address() {
        return all.address();
    }

    /** Random numbers of the step: equal addresses, purposes and keys give equal ones. */
    public RandomStream random(String purpose, long... keys) {
        return RandomStream.of(all.address(), purpose, keys);
    }

    /** True off the diagonal of a square of items, [B, B]. */
    public Tensor others() {
        Tensor places = Tensor.range(items());
        return places.unsqueeze(0).isEqual(places.unsqueeze(1)).not();
    }
}
