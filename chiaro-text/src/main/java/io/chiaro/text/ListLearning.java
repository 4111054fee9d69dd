package io.chiaro.text;

import io.chiaro.nn.Dropout;
import io.chiaro.nn.Encoder;
import io.chiaro.nn.PackedSequences;
import io.chiaro.nn.Pass;
import io.chiaro.objective.list.ListLoss;
import io.chiaro.tensor.ParameterStore;
import io.chiaro.tensor.Scope;
import io.chiaro.tensor.Tensor;
import io.chiaro.train.Batch;
import io.chiaro.train.Learning;
import io.chiaro.train.StepOutcome;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * Learning to score lists. A chunk holds whole lists and a loss is a mean over terms that the grades alone count, so that each
 * chunk is encoded once and its gradient is a share of the batch's.
 */
final class ListLearning implements Learning<PackedSequences> {

    private final Encoder<PackedSequences> model;
    private final ListLoss loss;
    private final double dropout;

    ListLearning(Encoder<PackedSequences> model, ListLoss loss, double dropout) {
        this.model = model;
        this.loss = loss;
        this.dropout = dropout;
    }

    /** What was found so far in a step. */
    private static final class Sums {
        private double loss;
        private double chance;
        private long ordered;
        private long pairs;
    }

    @Override
    public StepOutcome accumulate(Batch<PackedSequences> batch, long address) {
        List<double[]> grades = split(batch.scores(), rows(batch.rows()), batch.labels());
        long terms = loss.terms(grades);
        Sums sums = new Sums();
        for (Batch.Chunk<PackedSequences> chunk : batch.chunks()) {
            learn(chunk, batch, terms, address, sums);
        }
        return new StepOutcome(
                sums.loss,
                sums.chance,
                sums.pairs == 0 ? Map.of() : Map.of("pairs-in-order", (double) sums.ordered / sums.pairs),
                0,
                grades.stream().filter(list -> loss.terms(List.of(list)) == 0).count(),
                new float[0][],
                new float[0][]);
    }

    private void learn(
            Batch.Chunk<PackedSequences> chunk, Batch<PackedSequences> batch, long terms, long address, Sums sums) {
        int[] places = chunk.places();
        try (Scope scope = Scope.open("lists")) {
            Pass pass = model.forward(chunk.input(), Dropout.at(dropout, address, places));
            double[] given = pass.output().detach().toDoubles();
            double[] all = new double[batch.rows()];
            for (int i = 0; i < places.length; i++) {
                all[places[i]] = given[i];
            }
            List<double[]> scores = split(all, places, batch.labels());
            List<double[]> grades = split(batch.scores(), places, batch.labels());
            ListLoss.Judged judged = loss.judge(scores, grades);
            double share = (double) judged.terms() / Math.max(1, terms);
            sums.loss += share * judged.loss();
            sums.chance += share * judged.chance();
            count(scores, grades, sums);
            float[] gradient = new float[places.length];
            int at = 0;
            for (double[] list : judged.gradient()) {
                for (double value : list) {
                    gradient[at++] = (float) (share * value);
                }
            }
            pass.backward(Tensor.of(gradient, gradient.length, 1));
        }
    }

    private static int[] rows(int count) {
        int[] rows = new int[count];
        Arrays.setAll(rows, i -> i);
        return rows;
    }

    /** The values of some rows, list by list: the rows of a list stand together. */
    private static List<double[]> split(double[] values, int[] places, int[] listOfRow) {
        List<double[]> lists = new ArrayList<>();
        for (int from = 0; from < places.length; ) {
            int to = from;
            while (to < places.length && listOfRow[places[to]] == listOfRow[places[from]]) {
                to++;
            }
            lists.add(Arrays.stream(places, from, to)
                    .mapToDouble(place -> values[place])
                    .toArray());
            from = to;
        }
        return lists;
    }

    private static void count(List<double[]> scores, List<double[]> grades, Sums sums) {
        for (int list = 0; list < scores.size(); list++) {
            double[] s = scores.get(list);
            double[] g = grades.get(list);
            for (int i = 0; i < s.length; i++) {
                for (int j = 0; j < s.length; j++) {
                    if (g[i] > g[j]) {
                        sums.pairs++;
                        sums.ordered += s[i] > s[j] ? 1 : 0;
                    }
                }
            }
        }
    }

    @Override
    public ParameterStore parameters() {
        return model.parameters();
    }
}
