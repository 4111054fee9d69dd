package io.chiaro.objective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.chiaro.core.ChiaroException;
import io.chiaro.objective.recipe.Recipes;
import io.chiaro.objective.several.Balance;
import io.chiaro.objective.several.SeveralObjectives;
import io.chiaro.tensor.NativeRuntime;
import io.chiaro.tensor.Scope;
import io.chiaro.tensor.Tensor;
import io.chiaro.testkit.LeakCheck;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(LeakCheck.class)
class SeveralObjectivesTest {

    private static final double WEIGHT = 0.25;

    @BeforeAll
    static void load() {
        NativeRuntime.load();
    }

    private static SeveralObjectives of(String first, String second, Balance balance) {
        return new SeveralObjectives(
                List.of(
                        new SeveralObjectives.Part(first, Recipes.named(first).create(), 1),
                        new SeveralObjectives.Part(second, Recipes.named(second).create(), WEIGHT)),
                balance);
    }

    private static double[][][] gradients(String recipe, Sample sample) {
        return sample.evaluate(Recipes.named(recipe).create()).gradients();
    }

    @Test
    void fixed_weights_add_values_and_gradients() {
        Sample sample = Sample.random(new SplittableRandom(3), 2, 5, 8);
        Sample.Result both = sample.evaluate(of("info-nce", "vicreg", Balance.FIXED));
        Sample.Result first = sample.evaluate(Recipes.named("info-nce").create());
        Sample.Result second = sample.evaluate(Recipes.named("vicreg").create());
        assertThat(both.loss()).isCloseTo(first.loss() + WEIGHT * second.loss(), within(1e-6));
        assertThat(both.evaluation().components())
                .containsEntry("loss-info-nce", first.loss())
                .containsEntry("loss-vicreg", second.loss());
        forEachNumber(
                sample,
                (v, i, k) -> assertThat(both.gradients()[v][i][k])
                        .isCloseTo(first.gradients()[v][i][k] + WEIGHT * second.gradients()[v][i][k], within(1e-5)));
    }

    @Test
    void conflicting_gradients_are_projected_over_the_whole_batch() {
        Sample sample = Sample.random(new SplittableRandom(4), 2, 6, 4);
        // One pulls the two views of an item together, the other, upside down, pushes them apart.
        double[][][] first = gradients("info-nce", sample);
        double[][][] second = gradients("align-uniform", sample);
        double[] a = flat(first, 1);
        double[] b = flat(second, -1);
        double along = dot(a, b);
        Sample.Result both = sample.evaluate(new SeveralObjectives(
                List.of(
                        new SeveralObjectives.Part(
                                "info-nce", Recipes.named("info-nce").create(), 1),
                        new SeveralObjectives.Part(
                                "opposed",
                                new Opposed(Recipes.named("align-uniform").create()),
                                1)),
                Balance.PCGRAD));
        assertThat(along).isNegative();
        double[] found = flat(both.gradients(), 1);
        for (int i = 0; i < a.length; i++) {
            double expected = a[i] - along / dot(b, b) * b[i] + b[i] - along / dot(a, a) * a[i];
            assertThat(found[i]).isCloseTo(expected, within(1e-5));
        }
    }

    /** An objective upside down. */
    private record Opposed(Objective inner) implements Objective {
        @Override
        public Evaluation evaluate(Views views) {
            Evaluation evaluation = inner.evaluate(views);
            return new Evaluation(
                    -evaluation.loss(),
                    -evaluation.chance(),
                    null,
                    Map.of(),
                    evaluation.gradients().stream().map(Tensor::negate).toList(),
                    evaluation.anchors(),
                    0,
                    0);
        }

        @Override
        public Needs needs() {
            return inner.needs();
        }

        @Override
        public String reduction() {
            return inner.reduction();
        }

        @Override
        public Map<String, String> slots() {
            return inner.slots();
        }
    }

    @Test
    void the_shortest_mean_has_a_product_of_its_own_square_with_both_gradients() {
        Sample sample = Sample.random(new SplittableRandom(5), 2, 6, 4);
        Sample.Result both = sample.evaluate(of("info-nce", "vicreg", Balance.MGDA));
        double[] mean = flat(both.gradients(), 1);
        double[] first = flat(gradients("info-nce", sample), 1);
        double[] second = flat(gradients("vicreg", sample), WEIGHT);
        double square = dot(mean, mean);
        assertThat(square).isLessThanOrEqualTo(Math.min(dot(first, first), dot(second, second)) + 1e-9);
        assertThat(Math.min(dot(first, mean), dot(second, mean))).isCloseTo(square, within(1e-5));
        Map<String, Double> components = both.evaluation().components();
        assertThat(share(components, "share-info-nce") + share(components, "share-vicreg"))
                .isCloseTo(1, within(1e-9));
    }

    private static double share(Map<String, Double> components, String name) {
        return Objects.requireNonNull(components.get(name));
    }

    @Test
    void learned_variances_have_the_gradient_of_the_value() {
        Sample sample = Sample.random(new SplittableRandom(6), 2, 5, 8);
        SeveralObjectives objective = of("info-nce", "vicreg", Balance.UNCERTAINTY);
        float[] variances = {0.3f, -0.4f};
        double step = 1e-3;
        try (Scope scope = Scope.open("test")) {
            Evaluation at = evaluate(objective, sample, variances);
            double[] gradient = Objects.requireNonNull(at.memoryGradients().get(SeveralObjectives.LOG_VARIANCES))
                    .toDoubles();
            for (int t = 0; t < 2; t++) {
                float[] above = variances.clone();
                float[] below = variances.clone();
                above[t] += (float) step;
                below[t] -= (float) step;
                double slope = (evaluate(objective, sample, above).loss()
                                - evaluate(objective, sample, below).loss())
                        / (2 * step);
                assertThat(gradient[t]).isCloseTo(slope, within(1e-3));
            }
        }
        assertThat(objective.needs().memories()).contains(SeveralObjectives.LOG_VARIANCES);
    }

    private static Evaluation evaluate(Objective objective, Sample sample, float[] variances) {
        long[] items = sample.items[0];
        Views views = Views.of(
                new View(ViewRole.ANCHOR, Sample.tensor(sample.values[0]), items, sample.contents[0]),
                new View(ViewRole.POSITIVE, Sample.tensor(sample.values[1]), items, sample.contents[1]));
        return objective.evaluate(
                views.withMemories(Map.of(SeveralObjectives.LOG_VARIANCES, Tensor.of(variances, 2, 1))));
    }

    @Test
    void an_objective_without_negatives_does_not_see_their_columns() {
        Sample sample = Sample.random(new SplittableRandom(7), 3, 5, 8);
        Sample pairs = new Sample(new double[][][] {sample.values[0], sample.values[1]});
        Sample.Result both = sample.evaluate(of("info-nce", "vicreg", Balance.FIXED));
        double first = sample.evaluate(Recipes.named("info-nce").create()).loss();
        double second = pairs.evaluate(Recipes.named("vicreg").create()).loss();
        assertThat(both.loss()).isCloseTo(first + WEIGHT * second, within(1e-6));
    }

    @Test
    void what_cannot_be_combined_is_refused_with_a_sentence() {
        assertThatThrownBy(() -> of("info-nce", "info-nce", Balance.FIXED))
                .isInstanceOf(ChiaroException.class)
                .hasMessageContaining("info-nce: expected each objective once");
        assertThatThrownBy(() -> of("moco", "ressl", Balance.FIXED))
                .isInstanceOf(ChiaroException.class)
                .hasMessageContaining("moco and ressl: both remember \"queue\"");
        assertThatThrownBy(() -> new SeveralObjectives.Part(
                        "vicreg", Recipes.named("vicreg").create(), 0))
                .isInstanceOf(ChiaroException.class)
                .hasMessageContaining("weight above 0");
        Sample sample = Sample.random(new SplittableRandom(8), 2, 5, 8);
        assertThatThrownBy(() -> sample.evaluate(new SeveralObjectives(
                        List.of(
                                new SeveralObjectives.Part(
                                        "info-nce", Recipes.named("info-nce").create(), 1),
                                new SeveralObjectives.Part(
                                        "opposed",
                                        new Opposed(Recipes.named("vicreg").create()),
                                        1)),
                        Balance.UNCERTAINTY)))
                .isInstanceOf(ChiaroException.class)
                .hasMessageContaining("uncertainty weights expect values of at least 0");
    }

    private interface Place {
        void at(int view, int row, int feature);
    }

    private static void forEachNumber(Sample sample, Place place) {
        for (int v = 0; v < sample.values.length; v++) {
            for (int i = 0; i < sample.rows(); i++) {
                for (int k = 0; k < sample.values[v][i].length; k++) {
                    place.at(v, i, k);
                }
            }
        }
    }

    private static double[] flat(double[][][] gradients, double factor) {
        double[] flat = new double[gradients.length * gradients[0].length * gradients[0][0].length];
        int at = 0;
        for (double[][] view : gradients) {
            for (double[] row : view) {
                for (double value : row) {
                    flat[at++] = factor * value;
                }
            }
        }
        return flat;
    }

    private static double dot(double[] a, double[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += a[i] * b[i];
        }
        return sum;
    }
}
