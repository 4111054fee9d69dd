package io.chiaro.train;

import io.chiaro.core.RandomStream;
import io.chiaro.objective.Views;
import io.chiaro.tensor.Parameter;
import io.chiaro.tensor.ParameterStore;
import io.chiaro.tensor.Scope;
import io.chiaro.tensor.Tensor;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The centres of clusters of the bank, which is read after each pass over the data: Lloyd's k-means by cosine, from the centres that were
 * there, and the first time from rows of the bank that are drawn. A centre that no row is nearest to stays. All are zero before.
 *
 * @param centres of length one
 * @param records of the data, after which a pass is over
 * @param concentrated whether the width of each cluster is kept beside it
 */
record ClusterMemory(StoredMemory centres, long records, boolean concentrated) implements Memory {

    static final String NAME = "clusters";
    static final String CONCENTRATIONS = "concentrations";

    private static final String MET = PREFIX + "clusters-met";
    private static final int ROUNDS = 10;
    /** Scores of rows and centres that are held at once. */
    private static final long STRIP = 1 << 21;
    /** Keeps a cluster of few records from being taken for a narrow one (Li et al., ICLR 2021, eq. 12). */
    private static final double SMOOTHING = 10;

    static ClusterMemory of(int clusters, int width, long records, boolean concentrated) {
        return new ClusterMemory(StoredMemory.kept(NAME, clusters, width), records, concentrated);
    }

    /** How wide each cluster is, which the clusters themselves fill. */
    static Memory concentrations(int clusters) {
        return StoredMemory.kept(CONCENTRATIONS, clusters, 1);
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public void declare(ParameterStore.Builder builder) {
        centres.declare(builder);
        builder.add(MET, Parameter.Kind.STATE, 1);
    }

    @Override
    public void start(ParameterStore parameters, long seed) {
        centres.start(parameters, seed);
        parameters.array(MET).put(new float[1]);
    }

    @Override
    public Tensor read(ParameterStore parameters, Views views, long address) {
        return centres.read(parameters, views, address);
    }

    /** Called after that of the bank, whose name comes first. */
    @Override
    public void remember(ParameterStore parameters, Views views, @Nullable Tensor left) {
        Tensor met = parameters.array(MET);
        double seen = met.item() + views.list().get(0).rows();
        if (seen >= records) {
            seen = 0;
            cluster(parameters, views.address());
        }
        met.put(new float[] {(float) seen});
    }

    private void cluster(ParameterStore parameters, long address) {
        try (Scope scope = Scope.open("clusters")) {
            Tensor bank = parameters.array(PREFIX + "bank");
            Tensor found = parameters.array(PREFIX + NAME);
            if (found.abs().sum().item() == 0) {
                found.copyInPlace(
                        bank.indexSelect(0, Tensor.indices(drawn(address))).normalize(-1));
            }
            for (int round = 0; round < ROUNDS; round++) {
                found.copyInPlace(moved(bank, found));
            }
            if (concentrated) {
                parameters.array(PREFIX + CONCENTRATIONS).put(widths(bank, found));
            }
        }
    }

    /** Records whose vectors are the first centres: each at most once while there are as many. */
    private int[] drawn(long address) {
        int all = Math.toIntExact(records);
        int[] order = new int[all];
        Arrays.setAll(order, i -> i);
        RandomStream random = RandomStream.of(address, NAME);
        for (int i = all - 1; i > 0; i--) {
            int other = random.nextInt(i + 1);
            int kept = order[i];
            order[i] = order[other];
            order[other] = kept;
        }
        int[] drawn = new int[Math.toIntExact(centres.rows())];
        Arrays.setAll(drawn, i -> order[i % all]);
        return drawn;
    }

    private static Tensor moved(Tensor bank, Tensor found) {
        try (Scope scope = Scope.open("round")) {
            Tensor sums = Tensor.zeros(found.shape());
            long step = strip(found);
            for (long from = 0; from < bank.size(0); from += step) {
                try (Scope strip = Scope.open("strip")) {
                    Tensor rows = rows(bank, from, step);
                    sums.addRowsInPlace(nearest(rows, found), rows);
                }
            }
            // A sum of rows is zero where there are none; such a centre stays.
            Tensor empty = sums.norm(1, true).isGreater(1e-6).not();
            return scope.escape(sums.normalize(-1).where(empty.not(), found));
        }
    }

    /** How many rows are looked at together. */
    private static long strip(Tensor found) {
        return Math.max(1, STRIP / found.size(0));
    }

    private static Tensor rows(Tensor bank, long from, long step) {
        return bank.narrow(0, from, Math.min(step, bank.size(0) - from)).normalize(-1);
    }

    private static Tensor nearest(Tensor rows, Tensor found) {
        return rows.matmul(found.transpose(0, 1)).largestIndices(1).reshape(-1);
    }

    private static float[] widths(Tensor bank, Tensor found) {
        int clusters = Math.toIntExact(found.size(0));
        double[] distances = new double[clusters];
        long[] members = new long[clusters];
        long step = strip(found);
        for (long from = 0; from < bank.size(0); from += step) {
            try (Scope strip = Scope.open("strip")) {
                Tensor rows = rows(bank, from, step);
                Tensor own = nearest(rows, found);
                double[] apart =
                        rows.subtract(found.indexSelect(0, own)).norm(1, false).toDoubles();
                long[] places = own.toLongs();
                for (int i = 0; i < places.length; i++) {
                    distances[(int) places[i]] += apart[i];
                    members[(int) places[i]]++;
                }
            }
        }
        float[] widths = new float[clusters];
        float largest = 0;
        for (int k = 0; k < clusters; k++) {
            if (members[k] > 1) {
                widths[k] = (float) (distances[k] / (members[k] * Math.log(members[k] + SMOOTHING)));
                largest = Math.max(largest, widths[k]);
            }
        }
        // A cluster of one record, or none, is as wide as the widest.
        for (int k = 0; k < clusters; k++) {
            widths[k] = members[k] > 1 ? widths[k] : largest == 0 ? 1 : largest;
        }
        return widths;
    }
}
