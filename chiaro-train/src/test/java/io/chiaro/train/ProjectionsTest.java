package io.chiaro.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.chiaro.core.ChiaroException;
import io.chiaro.core.RandomStream;
import io.chiaro.objective.Towers;
import io.chiaro.tensor.NativeRuntime;
import io.chiaro.tensor.ParameterStore;
import io.chiaro.tensor.Scope;
import io.chiaro.tensor.Tensor;
import io.chiaro.testkit.LeakCheck;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Heads and predictors over the views of a batch, apart and as one batch. */
@ExtendWith(LeakCheck.class)
class ProjectionsTest {

    private static final int ROWS = 5;
    private static final int ENCODED = 3;
    private static final int HIDDEN = 4;
    private static final int WIDTH = 2;

    @BeforeAll
    static void load() {
        NativeRuntime.load();
    }

    private static double[][] rows(int view) {
        RandomStream random = RandomStream.of(view, "projections");
        double[][] rows = new double[ROWS][ENCODED];
        for (double[] row : rows) {
            for (int k = 0; k < ENCODED; k++) {
                // Views differ in mean and spread, so that it matters with whom they are normed.
                row[k] = (float) (view + (1 + 2 * view) * random.nextGaussian());
            }
        }
        return rows;
    }

    private static Tensor tensor(double[][] rows) {
        float[][] values = new float[rows.length][];
        for (int i = 0; i < rows.length; i++) {
            values[i] = new float[rows[i].length];
            for (int k = 0; k < rows[i].length; k++) {
                values[i][k] = (float) rows[i][k];
            }
        }
        return Tensor.of(values);
    }

    private static double[][] layer(double[][] rows, ParameterStore store, String prefix, int layer, int width) {
        double[] weight = store.array(prefix + layer + ".weight").toDoubles();
        boolean last = layer == 1;
        double[] bias = last ? store.array(prefix + layer + ".bias").toDoubles() : new double[width];
        double[][] made = new double[rows.length][width];
        for (int i = 0; i < rows.length; i++) {
            for (int o = 0; o < width; o++) {
                made[i][o] = bias[o];
                for (int k = 0; k < rows[i].length; k++) {
                    made[i][o] += rows[i][k] * weight[o * rows[i].length + k];
                }
            }
        }
        return made;
    }

    /** relu(norm(x W^T)) W'^T + b', mean and variance over these rows. Scales are one and shifts zero at the start. */
    private static double[][] throughHead(double[][] rows, ParameterStore store, String prefix, int width) {
        double[][] hidden = layer(rows, store, prefix, 0, HIDDEN);
        for (int k = 0; k < HIDDEN; k++) {
            double mean = 0;
            double squares = 0;
            for (double[] row : hidden) {
                mean += row[k] / hidden.length;
            }
            for (double[] row : hidden) {
                squares += Math.pow(row[k] - mean, 2) / hidden.length;
            }
            for (double[] row : hidden) {
                row[k] = Math.max(0, (row[k] - mean) / Math.sqrt(squares + 1e-5));
            }
        }
        return layer(hidden, store, prefix, 1, width);
    }

    private static List<double[][]> apartOrFused(
            boolean fused, List<double[][]> views, ParameterStore store, String prefix, int width) {
        List<double[][]> made = new ArrayList<>();
        if (!fused) {
            views.forEach(rows -> made.add(throughHead(rows, store, prefix, width)));
            return made;
        }
        double[][] all = views.stream().flatMap(Arrays::stream).toArray(double[][]::new);
        double[][] together = throughHead(all, store, prefix, width);
        for (int v = 0; v < views.size(); v++) {
            made.add(Arrays.copyOfRange(together, v * ROWS, (v + 1) * ROWS));
        }
        return made;
    }

    private static TowerSettings settings(Towers towers, Map<String, String> told) {
        Map<String, String> all = new TreeMap<>(Map.of("head", HIDDEN + "-" + WIDTH));
        all.putAll(told);
        return TowerSettings.parse(all, towers, ENCODED, Optional.empty());
    }

    private static void assertRows(Tensor found, double[][] expected) {
        float[][] rows = found.toRows();
        assertThat(rows).hasNumberOfRows(expected.length);
        for (int i = 0; i < rows.length; i++) {
            for (int k = 0; k < rows[i].length; k++) {
                assertThat((double) rows[i][k]).isCloseTo(expected[i][k], within(1e-4));
            }
        }
    }

    @Test
    void views_are_normed_apart_or_as_one_batch_by_head_predictor_and_the_head_of_the_twin() {
        List<double[][]> inputs = List.of(rows(0), rows(1));
        for (boolean fused : new boolean[] {false, true}) {
            TowerSettings settings = settings(
                    Towers.PREDICTED_AND_AVERAGED,
                    Map.of("head-batch", fused ? "fused" : "apart", "predictor", HIDDEN + "-" + WIDTH));
            ParameterStore.Builder model = ParameterStore.builder("model");
            settings.declare(model);
            ParameterStore.Builder twin = ParameterStore.builder("twin");
            settings.declareTwin(twin);
            try (ParameterStore store = model.create();
                    ParameterStore following = twin.create();
                    Scope scope = Scope.open("test")) {
                Projections projections = Projections.of(settings, store, Optional.of(following));
                projections.start(3);
                following.named().forEach((name, array) -> array.copyInPlace(store.array(name)));
                // The twin has numbers of its own.
                following.array(Projections.HEAD + "1.weight").multiplyInPlace(1.5);

                Map<Integer, Tensor> embeddings = Map.of(1, tensor(inputs.get(1)), 0, tensor(inputs.get(0)));
                List<Tensor> views = projections
                        .project(settings.towers().of(2), embeddings, embeddings)
                        .views();

                List<double[][]> projected = apartOrFused(fused, inputs, store, Projections.HEAD, WIDTH);
                List<double[][]> predicted = apartOrFused(fused, projected, store, Predictor.PREFIX, WIDTH);
                List<double[][]> averaged = apartOrFused(fused, inputs, following, Projections.HEAD, WIDTH);
                for (int v = 0; v < 2; v++) {
                    assertRows(views.get(v), predicted.get(v));
                    assertRows(views.get(2 + v), averaged.get(v));
                }
            }
        }
    }

    /** The sum of products of the views with fixed weights. */
    private static double value(Projections projections, TowerSettings settings, List<double[][]> inputs) {
        try (Scope scope = Scope.open("value")) {
            List<Tensor> views = projections
                    .project(
                            settings.towers().of(2),
                            Map.of(0, tensor(inputs.get(0)), 1, tensor(inputs.get(1))),
                            Map.of())
                    .views();
            double sum = 0;
            for (int v = 0; v < 2; v++) {
                sum += views.get(v).multiply(weights(v)).sum().item();
            }
            return sum;
        }
    }

    private static Tensor weights(int view) {
        float[] weights = new float[ROWS * WIDTH];
        for (int i = 0; i < weights.length; i++) {
            weights[i] = (float) Math.sin(1 + 3 * i + 7 * view);
        }
        return Tensor.of(weights, ROWS, WIDTH);
    }

    @Test
    void gradients_of_fused_views_are_finite_differences_and_cross_from_view_to_view() {
        TowerSettings settings = settings(Towers.ONLINE, Map.of("head-batch", "fused"));
        ParameterStore.Builder builder = ParameterStore.builder("model");
        settings.declare(builder);
        try (ParameterStore store = builder.create();
                Scope scope = Scope.open("test")) {
            Projections projections = Projections.of(settings, store, Optional.empty());
            projections.start(3);
            List<double[][]> inputs = List.of(rows(0), rows(1));
            Projections.Projected projected = projections.project(
                    settings.towers().of(2), Map.of(0, tensor(inputs.get(0)), 1, tensor(inputs.get(1))), Map.of());
            Map<Integer, Tensor> gradients = projected.backward(List.of(weights(0), weights(1)));
            for (int v = 0; v < 2; v++) {
                float[][] found = Objects.requireNonNull(gradients.get(v)).toRows();
                for (int i = 0; i < ROWS; i++) {
                    for (int k = 0; k < ENCODED; k++) {
                        double at = inputs.get(v)[i][k];
                        inputs.get(v)[i][k] = at + 1e-2;
                        double up = value(projections, settings, inputs);
                        inputs.get(v)[i][k] = at - 1e-2;
                        double down = value(projections, settings, inputs);
                        inputs.get(v)[i][k] = at;
                        assertThat((double) found[i][k]).isCloseTo((up - down) / 2e-2, within(5e-3));
                    }
                }
            }
            Tensor none = weights(1).multiply(0);
            Map<Integer, Tensor> crossed = projections
                    .project(
                            settings.towers().of(2),
                            Map.of(0, tensor(inputs.get(0)), 1, tensor(inputs.get(1))),
                            Map.of())
                    .backward(List.of(weights(0), none));
            assertThat(Objects.requireNonNull(crossed.get(1)).norm().item()).isGreaterThan(1e-3);
        }
    }

    @Test
    void what_cannot_make_a_difference_is_refused() {
        assertThat(settings(Towers.ONLINE, Map.of()).batch()).isEqualTo(HeadBatch.APART);
        assertThat(settings(Towers.ONLINE, Map.of("head-batch", "fused")).batch())
                .isEqualTo(HeadBatch.FUSED);
        // One head or the predictor is enough.
        settings(Towers.PREDICTED_AND_STOPPED, Map.of("head-batch", "fused", "head", "none"));
        settings(Towers.PREDICTED_AND_STOPPED, Map.of("head-batch", "fused", "predictor", "direct"));
        settings(Towers.ONLINE, Map.of("head-batch", "fused", "head", "2,norm=layer,last-norm=whitening"));

        assertRefused(Towers.ONLINE, Map.of("head-batch", "together"), "fused");
        for (Map<String, String> without :
                List.of(Map.of("head", "none"), Map.of("head", "4-2,norm=layer"), Map.of("head", "2"))) {
            Map<String, String> told = new TreeMap<>(without);
            told.put("head-batch", "fused");
            assertRefused(Towers.ONLINE, told, "has no effect");
        }
        assertRefused(
                Towers.PREDICTED_AND_STOPPED,
                Map.of("head-batch", "fused", "head", "none", "predictor", "direct"),
                "has no effect");
        // The model sees one view, and its twin, which has numbers of its own, the other.
        assertRefused(Towers.ONLINE_AND_AVERAGED, Map.of("head-batch", "fused"), "has no effect");

        TowerSettings fused = settings(Towers.ONLINE, Map.of("head-batch", "fused"));
        fused.refuseOneView(2);
        assertThatThrownBy(() -> fused.refuseOneView(1))
                .isInstanceOf(ChiaroException.class)
                .hasMessageContaining("one view");
        settings(Towers.ONLINE, Map.of()).refuseOneView(1);
    }

    private static void assertRefused(Towers towers, Map<String, String> told, String part) {
        assertThatThrownBy(() -> settings(towers, told))
                .as(towers + " " + told)
                .isInstanceOf(ChiaroException.class)
                .hasMessageContaining("set head-batch")
                .hasMessageContaining(part);
    }
}
