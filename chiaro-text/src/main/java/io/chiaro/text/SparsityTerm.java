package io.chiaro.text;

import io.chiaro.nn.PackedSequences;
import io.chiaro.objective.Evaluation;
import io.chiaro.objective.Objective;
import io.chiaro.objective.View;
import io.chiaro.objective.ViewRole;
import io.chiaro.objective.Views;
import io.chiaro.objective.WholeBatch;
import io.chiaro.objective.regulariser.MeanActivations;
import io.chiaro.tensor.Grad;
import io.chiaro.tensor.Tensor;
import io.chiaro.train.AuxiliaryTerm;
import io.chiaro.train.Batch;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * What keeps vectors sparse (Formal et al., "SPLADE: Sparse Lexical and Expansion Model for First Stage Ranking", SIGIR 2021, section
 * 3.2): with FLOPS(X) = sum over tokens of the squared mean weight over the rows of X ({@link MeanActivations}),
 *
 * <pre>
 * min(1, (t / T)^2) (a FLOPS(queries) + b FLOPS(documents))
 * </pre>
 *
 * at the batch t of a run, so that vectors first learn what to say and then to say it in few words (same section, the quadratic
 * schedule of Paria et al., 2020).
 *
 * @param queries a
 * @param documents b, for all that is compared with a query
 * @param rising T in batches, above 0
 * @param perEpoch batches of a pass over the data
 */
record SparsityTerm(double queries, double documents, double rising, int perEpoch)
        implements AuxiliaryTerm<PackedSequences> {

    private static final Objective FLOPS = new WholeBatch(new MeanActivations());

    @Override
    public String name() {
        return "flops";
    }

    /** How much of the term counts at a batch, from 1. */
    double share(double batch) {
        double done = Math.min(1, batch / rising);
        return done * done;
    }

    @Override
    public Found accumulate(Batch<PackedSequences> batch, Map<Integer, Tensor> embeddings, long address) {
        // The epoch of a batch is that of its end.
        double share = share(Math.rint(batch.epoch() * perEpoch));
        List<Tensor> others = new ArrayList<>();
        for (int column = 1; column < batch.columns().size(); column++) {
            others.add(Objects.requireNonNull(embeddings.get(column)));
        }
        Map<Integer, Tensor> gradients = new LinkedHashMap<>();
        try (Grad off = Grad.disabled()) {
            Evaluation ofQueries = flops(Objects.requireNonNull(embeddings.get(0)));
            Evaluation ofDocuments = flops(Tensor.concatenate(others, 0));
            gradients.put(0, ofQueries.gradients().get(0).multiply(share * queries));
            Tensor all = ofDocuments.gradients().get(0).multiply(share * documents);
            for (int column = 1; column < batch.columns().size(); column++) {
                gradients.put(column, all.narrow(0, (long) (column - 1) * batch.rows(), batch.rows()));
            }
            double value = queries * ofQueries.loss() + documents * ofDocuments.loss();
            return new Found(value, share, value, gradients);
        }
    }

    private static Evaluation flops(Tensor rows) {
        int count = Math.toIntExact(rows.size(0));
        long[] items = new long[count];
        for (int i = 0; i < count; i++) {
            items[i] = i;
        }
        return FLOPS.evaluate(Views.of(List.of(new View(ViewRole.ANCHOR, rows, items, items.clone()))));
    }
}
