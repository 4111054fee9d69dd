package io.chiaro.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.chiaro.objective.ViewRole;
import io.chiaro.tensor.NativeRuntime;
import io.chiaro.tensor.Parameter;
import io.chiaro.tensor.ParameterStore;
import io.chiaro.tensor.Scope;
import io.chiaro.tensor.Tensor;
import io.chiaro.testkit.LeakCheck;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A step's gradient, on batches whose loss is a quadratic: L_k(w) = sum over i of c_ki w_i^2 / 2. */
@ExtendWith(LeakCheck.class)
class StepGradientTest {

    private static final float[] START = {0.5f, -0.25f, 0.125f};

    @BeforeAll
    static void load() {
        NativeRuntime.load();
    }

    private static float[] curvature(long batch) {
        return new float[] {1 + batch, 3, 10 * (batch + 1)};
    }

    private static final class Quadratics implements BatchSource<Long>, Learning<Long>, AutoCloseable {
        private final ParameterStore store = ParameterStore.builder("quadratics")
                .add("w", Parameter.Kind.WEIGHT, 3)
                .add("head.memory.classes", Parameter.Kind.UNDECAYED, 3)
                .create();
        private final List<String> looks = new ArrayList<>();
        private final List<float[]> memoryAtLook = new ArrayList<>();
        private long failing = -1;

        Quadratics() {
            try (Scope scope = Scope.open("start")) {
                store.array("w").put(START);
            }
        }

        @Override
        public Batch<Long> batch(long number) {
            return new Batch<>(
                    1,
                    List.of(new Batch.Column(ViewRole.ANCHOR, new long[1])),
                    List.of(new Batch.Chunk<>(number, new int[1])),
                    new double[0],
                    new double[0][],
                    new int[0],
                    new long[0],
                    10 + number,
                    0.5,
                    number);
        }

        @Override
        public String unit() {
            return "numbers";
        }

        @Override
        public Batch<Long> largest() {
            return batch(0);
        }

        @Override
        public StepOutcome accumulate(Batch<Long> batch, long address) {
            return look("kept", batch, address);
        }

        @Override
        public StepOutcome rehearse(Batch<Long> batch, long address) {
            return look("rehearsed", batch, address);
        }

        private StepOutcome look(String how, Batch<Long> batch, long address) {
            long number = batch.chunks().get(0).input();
            looks.add(how + " " + number + " " + address);
            if (how.equals("kept") && number == failing) {
                throw new IllegalStateException("failed");
            }
            try (Scope scope = Scope.open("look")) {
                memoryAtLook.add(store.array("head.memory.classes").toFloats());
                Tensor loss = store.parameter("w")
                        .value()
                        .square()
                        .multiply(Tensor.of(curvature(number), 3))
                        .sum()
                        .multiply(0.5);
                loss.backward();
                store.parameter("head.memory.classes").value().sum().backward();
                return new StepOutcome(
                        loss.item(), 4, Map.of("part", loss.item()), 1, 2, new float[0][], new float[0][]);
            }
        }

        @Override
        public ParameterStore parameters() {
            return store;
        }

        StepGradient<Long> gradient(int batches, double radius) {
            return new StepGradient<>(
                    this, this, TrainerSettings.defaults(10).withGradient(new GradientSettings(batches, radius)));
        }

        float[] weights() {
            return store.array("w").toFloats();
        }

        double[] gradient() {
            return Objects.requireNonNull(store.parameter("w").value().gradient())
                    .toDoubles();
        }

        @Override
        public void close() {
            store.close();
        }
    }

    private static double loss(long batch, double[] w) {
        double loss = 0;
        for (int i = 0; i < w.length; i++) {
            loss += curvature(batch)[i] * w[i] * w[i] / 2;
        }
        return loss;
    }

    /** The mean gradient of batches at some weights. */
    private static double[] mean(long[] batches, double[] w) {
        double[] mean = new double[w.length];
        for (long batch : batches) {
            for (int i = 0; i < w.length; i++) {
                mean[i] += curvature(batch)[i] * w[i] / batches.length;
            }
        }
        return mean;
    }

    private static double[] start() {
        return new double[] {START[0], START[1], START[2]};
    }

    private static void assertClose(double[] found, double[] expected) {
        for (int i = 0; i < expected.length; i++) {
            assertThat(found[i]).isCloseTo(expected[i], within(1e-4));
        }
    }

    @Test
    void one_batch_is_looked_at_once() {
        try (Quadratics run = new Quadratics();
                StepGradient<Long> gradient = run.gradient(1, 0);
                Scope scope = Scope.open("test")) {
            StepGradient.Found found = gradient.of(4);
            assertThat(run.looks).singleElement().asString().startsWith("kept 4 ");
            assertClose(run.gradient(), mean(new long[] {4}, start()));
            assertThat(found.paddingShare()).isEqualTo(0.5);
            assertThat(found.outcome().loss()).isCloseTo(loss(4, start()), within(1e-6));
        }
    }

    @Test
    void several_batches_give_their_mean_and_each_has_an_address_of_its_own() {
        try (Quadratics run = new Quadratics();
                StepGradient<Long> gradient = run.gradient(3, 0);
                Scope scope = Scope.open("test")) {
            StepGradient.Found found = gradient.of(1);
            assertClose(run.gradient(), mean(new long[] {3, 4, 5}, start()));
            double loss = (loss(3, start()) + loss(4, start()) + loss(5, start())) / 3;
            assertThat(found.outcome().loss()).isCloseTo(loss, within(1e-6));
            assertThat(found.outcome().components().get("part")).isCloseTo(loss, within(1e-6));
            assertThat(found.outcome().maskedCells()).isEqualTo(3);
            assertThat(found.tokens()).isEqualTo(13 + 14 + 15);
            assertThat(found.epoch()).isEqualTo(5);
            assertThat(run.looks).hasSize(3).doesNotHaveDuplicates();
        }
    }

    @Test
    void the_gradient_at_the_edge_follows_the_paper_and_the_weights_keep_their_bits() {
        try (Quadratics run = new Quadratics();
                StepGradient<Long> gradient = run.gradient(2, 0.05);
                Scope scope = Scope.open("test")) {
            StepGradient.Found found = gradient.of(0);

            long[] batches = {0, 1};
            double[] edge = start();
            double[] below = mean(batches, edge);
            double norm = Math.sqrt(below[0] * below[0] + below[1] * below[1] + below[2] * below[2]);
            for (int i = 0; i < edge.length; i++) {
                edge[i] += 0.05 * below[i] / norm;
            }
            assertClose(run.gradient(), mean(batches, edge));
            assertThat(run.weights()).containsExactly(START);
            double loss = (loss(0, start()) + loss(1, start())) / 2;
            assertThat(found.outcome().loss()).isCloseTo(loss, within(1e-6));
            assertThat(found.outcome().components().get(StepGradient.SHARPNESS))
                    .isCloseTo((loss(0, edge) + loss(1, edge)) / 2 - loss, within(1e-5));
        }
    }

    @Test
    void memories_are_committed_once_at_the_same_addresses_and_remembered_vectors_do_not_climb() {
        try (Quadratics run = new Quadratics();
                StepGradient<Long> gradient = run.gradient(2, 0.5);
                Scope scope = Scope.open("test")) {
            gradient.of(0);
            assertThat(run.looks.subList(0, 2)).allMatch(look -> look.startsWith("rehearsed"));
            assertThat(run.looks.subList(2, 4)).allMatch(look -> look.startsWith("kept"));
            for (int k = 0; k < 2; k++) {
                assertThat(run.looks.get(2 + k)).isEqualTo(run.looks.get(k).replace("rehearsed", "kept"));
            }
            // A vector that stands for nothing yet is zero, and must still be zero in the second look.
            assertThat(run.memoryAtLook).allSatisfy(values -> assertThat(values).containsOnly(0f));
        }
    }

    @Test
    void a_failure_at_the_edge_leaves_the_weights_as_they_were() {
        try (Quadratics run = new Quadratics();
                StepGradient<Long> gradient = run.gradient(1, 0.5);
                Scope scope = Scope.open("test")) {
            run.failing = 7;
            assertThatThrownBy(() -> gradient.of(7)).hasMessage("failed");
            assertThat(run.weights()).containsExactly(START);
        }
    }

    @Test
    void no_batch_or_a_negative_radius_is_refused() {
        assertThatThrownBy(() -> new GradientSettings(0, 0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new GradientSettings(1, -1)).isInstanceOf(IllegalArgumentException.class);
    }
}
