package io.chiaro.text;

import io.chiaro.nn.PackedSequences;
import io.chiaro.tensor.Grad;
import io.chiaro.tensor.Parameter;
import io.chiaro.tensor.ParameterStore;
import io.chiaro.tensor.Scope;
import io.chiaro.tensor.Tensor;
import io.chiaro.train.Batch;
import io.chiaro.train.BatchObserver;
import java.util.Map;

/**
 * Which of its negatives each row is contrasted with. A row carries several, the hardest first, and uses a few at a time; once they have
 * become easy, as {@link RemineSettings} says, the next few take their turn, until the last, which stay.
 *
 * <p>The score of a row's negatives is the mean of their cosines with its anchor, as the step saw them that learned from the row; no text
 * is encoded for it. Turns and scores lie in the run's store, so that a resumed run goes on with them.
 *
 * <p>Used by the thread that trains.
 */
final class NegativeTurns implements BatchObserver<PackedSequences> {

    /** What events call the number of turns that were taken so far. */
    static final String REPLACED = "negatives-replaced";

    private static final String ROWS = "head.negatives.rows";
    private static final String COUNTS = "head.negatives.counts";

    private static final int WIDTH = 4;
    private static final int TURN = 0;
    private static final int SEEN = 1;
    private static final int FIRST = 2;
    private static final int NOW = 3;

    private final ParameterStore parameters;
    private final RemineSettings settings;
    private final int negatives;
    private final int records;

    /**
     * The turns of records that all have the same number of negatives, in a store that was created with {@link #declare}.
     *
     * @param negatives of a row, all of them
     * @param records of the run
     */
    NegativeTurns(ParameterStore parameters, RemineSettings settings, int negatives, int records) {
        this.parameters = parameters;
        this.settings = settings;
        this.negatives = negatives;
        this.records = records;
    }

    /** Declares the state of so many records. */
    static void declare(ParameterStore.Builder builder, int records) {
        builder.add(ROWS, Parameter.Kind.STATE, records, WIDTH).add(COUNTS, Parameter.Kind.STATE, 2);
    }

    /** Every row begins with its first negatives. */
    void start() {
        parameters.array(ROWS).put(new float[records * WIDTH]);
        parameters.array(COUNTS).put(new float[2]);
    }

    /** How many negatives of a row stand in a batch. */
    int atATime() {
        return settings.atATime();
    }

    /** The first of the negatives that a record uses now, from 0; the others stand behind it. */
    int first(long record) {
        float[] row = row(record);
        return Math.min((int) row[TURN] * settings.atATime(), negatives - settings.atATime());
    }

    /** How often a row took its next negatives, over all rows. */
    long replaced() {
        return (long) counts()[1];
    }

    @Override
    public Map<String, Double> saw(Batch<PackedSequences> batch, Map<Integer, Tensor> embeddings) {
        float[] scores = scores(embeddings);
        for (int i = 0; i < scores.length; i++) {
            long record = batch.records()[i];
            float[] row = row(record);
            if (row[SEEN] == 0) {
                row[SEEN] = 1;
                row[FIRST] = scores[i];
            }
            row[NOW] = scores[i];
            put(record, row);
        }
        return Map.of(REPLACED, (double) replaced());
    }

    /** The mean cosine of each anchor with the negatives of its row, which stand behind anchor and positive. */
    private float[] scores(Map<Integer, Tensor> embeddings) {
        try (Scope scope = Scope.open("negatives");
                Grad off = Grad.disabled()) {
            Tensor anchors = column(embeddings, 0);
            Tensor sum = anchors.multiply(column(embeddings, 2)).sum(1, false);
            for (int k = 1; k < settings.atATime(); k++) {
                sum = sum.add(anchors.multiply(column(embeddings, 2 + k)).sum(1, false));
            }
            return sum.divide(settings.atATime()).toFloats();
        }
    }

    private static Tensor column(Map<Integer, Tensor> embeddings, int column) {
        Tensor rows = embeddings.get(column);
        if (rows == null) {
            throw new IllegalStateException("NegativeTurns: column " + column + " was not encoded");
        }
        return rows.normalize(1);
    }

    @Override
    public void stepped() {
        float[] counts = counts();
        counts[0]++;
        if (counts[0] == settings.steps()) {
            counts[0] = 0;
            counts[1] += look();
        }
        parameters.array(COUNTS).put(counts);
    }

    /** Gives the next negatives their turn where the present ones are easy; how often. */
    private int look() {
        int taken = 0;
        int last = (negatives - 1) / settings.atATime();
        float[] all = parameters.array(ROWS).toFloats();
        for (int at = 0; at < all.length; at += WIDTH) {
            boolean more = all[at + SEEN] != 0 && all[at + TURN] < last;
            if (more && settings.isEasy(all[at + FIRST], all[at + NOW])) {
                all[at + TURN]++;
                all[at + SEEN] = 0;
                taken++;
            }
        }
        if (taken > 0) {
            parameters.array(ROWS).put(all);
        }
        return taken;
    }

    private float[] counts() {
        return parameters.array(COUNTS).toFloats();
    }

    private float[] row(long record) {
        if (record < 0 || record >= records) {
            throw new IllegalStateException(
                    "NegativeTurns: expected a record below " + records + ", but found " + record);
        }
        float[] row = new float[WIDTH];
        parameters.array(ROWS).get(record * WIDTH, row, 0, WIDTH);
        return row;
    }

    private void put(long record, float[] row) {
        parameters.array(ROWS).put(record * WIDTH, row, 0, WIDTH);
    }
}
