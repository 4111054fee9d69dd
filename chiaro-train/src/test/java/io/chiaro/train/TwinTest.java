package io.chiaro.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.chiaro.nn.Dropout;
import io.chiaro.nn.Encoder;
import io.chiaro.nn.HeadShape;
import io.chiaro.nn.LowRankUpdate;
import io.chiaro.nn.Pass;
import io.chiaro.objective.Towers;
import io.chiaro.objective.recipe.Recipes;
import io.chiaro.tensor.NativeRuntime;
import io.chiaro.tensor.Parameter.Kind;
import io.chiaro.tensor.ParameterStore;
import io.chiaro.tensor.Scope;
import io.chiaro.testkit.LeakCheck;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A twin of a matrix that stands still, with a low-rank update and a soft prompt that learn. */
@ExtendWith(LeakCheck.class)
class TwinTest {

    private static final String WEIGHT = "matrix";
    private static final String PROMPT = "soft-prompt";
    private static final String A = "lora.matrix.A";
    private static final String B = "lora.matrix.B";
    private static final double FIRST = 0.6;
    private static final double LAST = 1;
    private static final int STEPS = 5;

    @BeforeAll
    static void load() {
        NativeRuntime.load();
    }

    /** An encoder of which a twin needs no more than its numbers. */
    private record Numbers(ParameterStore parameters) implements Encoder<float[]> {

        @Override
        public Pass forward(float[] chunk, Dropout dropout) {
            throw new UnsupportedOperationException("TwinTest encodes nothing");
        }

        @Override
        public Coupling coupling() {
            return Coupling.SEPARABLE;
        }

        @Override
        public void close() {
            parameters.close();
        }
    }

    private static ParameterStore.Builder declared() {
        ParameterStore.Builder builder =
                ParameterStore.builder("test").add(WEIGHT, Kind.WEIGHT, 3, 2).freeze();
        LowRankUpdate.declare(builder, WEIGHT, 3, 2, 2);
        return builder.add(PROMPT, Kind.UNDECAYED, 2, 2);
    }

    /** What the model holds in an array after so many steps. */
    private static float[] numbers(String name, int count, int step) {
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (float) Math.sin(name.length() + 3 * i + 0.7 * step);
        }
        return values;
    }

    private static void learn(ParameterStore model, int step) {
        for (String name : new String[] {A, B, PROMPT}) {
            model.array(name).put(numbers(name, (int) model.array(name).count(), step));
        }
    }

    @Test
    void factors_and_prompts_are_averaged_and_what_stands_still_does_so_to_the_bit() {
        TowerSettings settings = new TowerSettings(
                Towers.ONLINE_AND_AVERAGED, 2, Optional.empty(), Optional.empty(), HeadBatch.APART, FIRST, LAST);
        ParameterStore.Builder builder = declared();
        settings.declare(builder);
        try (ParameterStore model = builder.create();
                Numbers follower = new Numbers(declared().create());
                Scope scope = Scope.open("test")) {
            // Numbers that a mean of themselves rounds to others.
            float[] matrix = {0.1f, 0.7f, 1 / 3f, -0.9f, 1e-7f, 5.3f};
            model.array(WEIGHT).put(matrix);
            LowRankUpdate.start(model, 3.3, 5);
            learn(model, 0);
            Twin<float[]> twin = new Twin<>(follower, model, settings, STEPS);
            twin.start();
            double[][] expected = new double[3][];
            String[] learned = {A, B, PROMPT};
            for (int k = 0; k < 3; k++) {
                expected[k] = follower.parameters().array(learned[k]).toDoubles();
                assertThat(expected[k]).containsExactly(model.array(learned[k]).toDoubles());
            }
            for (int step = 0; step < STEPS; step++) {
                learn(model, step + 1);
                twin.follow();
                double kept = LAST + (FIRST - LAST) * (Math.cos(Math.PI * step / STEPS) + 1) / 2;
                for (int k = 0; k < 3; k++) {
                    float[] now = numbers(learned[k], expected[k].length, step + 1);
                    for (int i = 0; i < now.length; i++) {
                        expected[k][i] = kept * expected[k][i] + (1 - kept) * now[i];
                    }
                    assertThat(follower.parameters().array(learned[k]).toDoubles())
                            .as(learned[k] + " after step " + step)
                            .containsExactly(expected[k], within(1e-6));
                }
            }
            assertThat(follower.parameters().array(WEIGHT).toFloats()).containsExactly(matrix);
            assertThat(follower.parameters().array("lora.matrix.scale").toFloats())
                    .containsExactly(model.array("lora.matrix.scale").toFloats());
            assertThat(twin.count()).isEqualTo(6 + 4 + 6 + 1 + 4);
            assertThat(twin.state()).containsKeys("twin." + A, "twin." + B, "twin." + PROMPT);
        }
    }

    @Test
    void the_twin_s_head_begins_as_the_head_that_learns_and_follows_it() {
        TowerSettings settings = new TowerSettings(
                Towers.ONLINE_AND_AVERAGED,
                2,
                Optional.of(HeadShape.of(4, 3)),
                Optional.empty(),
                HeadBatch.APART,
                FIRST,
                LAST);
        ParameterStore.Builder learning = declared();
        settings.declare(learning);
        ParameterStore.Builder following = declared();
        settings.declareTwin(following);
        try (Numbers encoder = new Numbers(learning.create());
                Numbers follower = new Numbers(following.create());
                Scope scope = Scope.open("test")) {
            ParameterStore model = encoder.parameters();
            // Another head than the model's, as one that was made for itself would be.
            follower.parameters().named().forEach((name, array) -> array.fillInPlace(7));
            ContrastiveLearning<float[]> run = new ContrastiveLearning<float[]>(
                            encoder, Recipes.named("byol").create(), 0, null)
                    .withTowers(settings, Optional.of(new Twin<>(follower, model, settings, STEPS)), 11);
            List<String> heads = follower.parameters().named().keySet().stream()
                    .filter(name -> name.startsWith(Projections.HEAD))
                    .toList();
            assertThat(heads).isNotEmpty();
            for (String name : heads) {
                assertThat(follower.parameters().array(name).toFloats())
                        .as(name)
                        .containsExactly(model.array(name).toFloats());
            }
            String weight = heads.stream()
                    .filter(name -> Arrays.stream(model.array(name).toDoubles())
                                    .distinct()
                                    .count()
                            > 1)
                    .findFirst()
                    .orElseThrow();
            double[] before = model.array(weight).toDoubles();
            model.array(weight).multiplyInPlace(3);
            run.stepped();
            double[] moved = Arrays.stream(before)
                    .map(value -> FIRST * value + (1 - FIRST) * 3 * value)
                    .toArray();
            assertThat(follower.parameters().array(weight).toDoubles()).containsExactly(moved, within(1e-6));
        }
    }
}
