package io.chiaro.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.chiaro.core.RandomStream;
import io.chiaro.tensor.NativeRuntime;
import io.chiaro.tensor.ParameterStore;
import io.chiaro.tensor.Scope;
import io.chiaro.tensor.Tensor;
import io.chiaro.testkit.LeakCheck;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A predictor in closed form is what its correlation says. */
@ExtendWith(LeakCheck.class)
class PredictorTest {

    private static final int WIDTH = 3;

    @BeforeAll
    static void load() {
        NativeRuntime.load();
    }

    @Test
    void a_predictor_in_closed_form_is_the_identity_at_first() {
        try (ParameterStore store = store();
                Scope scope = Scope.open("test")) {
            Predictor predictor = PredictorShape.ClosedForm.ROOT.create(store);
            predictor.start(1);
            Tensor rows = rows(1);
            assertThat(predictor.forward(rows).toFloats()).isEqualTo(rows.toFloats());
        }
    }

    @Test
    void direct_copy_is_the_running_correlation_and_a_hundredth_of_the_identity() {
        try (ParameterStore store = store();
                Scope scope = Scope.open("test")) {
            Predictor predictor = PredictorShape.ClosedForm.COPY.create(store);
            predictor.start(1);
            List<Tensor> first = List.of(rows(1), rows(2));
            List<Tensor> second = List.of(rows(3), rows(4));
            predictor.follow(first);
            predictor.follow(second);
            double[][] expected = new double[WIDTH][WIDTH];
            add(expected, first, 0.3 * 0.7);
            add(expected, second, 0.7);
            for (int i = 0; i < WIDTH; i++) {
                expected[i][i] += 0.01;
            }
            assertMap(predictor, expected);
        }
    }

    /** Rows along axes have a diagonal correlation, whose eigenvectors are the axes. */
    @Test
    void the_root_of_a_diagonal_correlation_is_taken_number_by_number() {
        try (ParameterStore store = store();
                Scope scope = Scope.open("test")) {
            Predictor predictor = PredictorShape.ClosedForm.ROOT.create(store);
            predictor.start(1);
            Tensor axes = Tensor.of(new float[] {2, 0, 0, 0, 1, 0, 0, 0, 0}, 3, WIDTH);
            predictor.follow(List.of(axes, axes));
            // F = 0.7 / 3 diag(4, 1, 0); sqrt(F / max F) + 0.01
            assertMap(predictor, new double[][] {{1.01, 0, 0}, {0, 0.51, 0}, {0, 0, 0.01}});
        }
    }

    private static ParameterStore store() {
        ParameterStore.Builder builder = ParameterStore.builder("predictor");
        PredictorShape.ClosedForm.ROOT.declare(builder, WIDTH);
        return builder.create();
    }

    private static Tensor rows(long seed) {
        RandomStream random = RandomStream.of(seed, "rows");
        float[] values = new float[4 * WIDTH];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return Tensor.of(values, 4, WIDTH);
    }

    private static void add(double[][] sum, List<Tensor> views, double weight) {
        for (Tensor view : views) {
            float[][] rows = view.toRows();
            for (float[] row : rows) {
                for (int i = 0; i < WIDTH; i++) {
                    for (int j = 0; j < WIDTH; j++) {
                        sum[i][j] += weight * row[i] * row[j] / rows.length / views.size();
                    }
                }
            }
        }
    }

    private static void assertMap(Predictor predictor, double[][] expected) {
        float[] identity = {1, 0, 0, 0, 1, 0, 0, 0, 1};
        float[][] found = predictor.forward(Tensor.of(identity, WIDTH, WIDTH)).toRows();
        for (int i = 0; i < WIDTH; i++) {
            for (int j = 0; j < WIDTH; j++) {
                assertThat((double) found[i][j]).isCloseTo(expected[j][i], within(1e-5));
            }
        }
    }
}
