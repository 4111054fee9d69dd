package io.chiaro.objective;

import static org.assertj.core.api.Assertions.assertThat;

import io.chiaro.core.ChiaroException;
import io.chiaro.objective.recipe.Recipe;
import io.chiaro.objective.recipe.Recipes;
import io.chiaro.tensor.NativeRuntime;
import io.chiaro.tensor.Scope;
import io.chiaro.tensor.Tensor;
import io.chiaro.testkit.LeakCheck;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A setting that an objective takes is one that it reads. */
@ExtendWith(LeakCheck.class)
class SettingsCountTest {

    /** Read only where another slot is filled otherwise; and k-means of a few patches ends at once. */
    private static final Set<String> OF_ANOTHER_CHOICE = Set.of(
            "triplet-hard slack",
            "pnp b",
            "pnp alpha",
            "msn power",
            "pmsn-custom power",
            "dense-structure iterations",
            "dense-structure tolerance");

    @BeforeAll
    static void load() {
        NativeRuntime.load();
    }

    static Stream<String> recipes() {
        return IdentityTest.recipes();
    }

    /** Value, gradients, and what memories learn and become: all that an objective says. */
    private static List<Double> said(Objective objective, Given given) {
        try (Scope scope = Scope.open("test")) {
            Evaluation found = given.evaluation(objective);
            List<Tensor> tensors = new ArrayList<>(found.gradients());
            tensors.addAll(new TreeMap<>(found.memoryGradients()).values());
            tensors.addAll(new TreeMap<>(found.remembered()).values());
            return DoubleStream.concat(
                            DoubleStream.of(found.loss()),
                            tensors.stream().flatMapToDouble(tensor -> DoubleStream.of(tensor.toDoubles())))
                    .boxed()
                    .toList();
        }
    }

    /** Other numbers near one: a slot takes some of them, the others it refuses. */
    private static Set<String> others(double number) {
        Set<String> written = new LinkedHashSet<>();
        for (double other :
                new double[] {1.5 * number, number + 1, number / 2, number / 10, number - 1, 10 * number, 0.3, 1, 2, 3
                }) {
            if (other != number) {
                written.add(other == Math.rint(other) ? String.valueOf((long) other) : String.valueOf(other));
            }
        }
        return written;
    }

    /** Whether another number than the usual one changes anything, or none is taken. */
    private static boolean counts(
            Recipe recipe, String slot, double number, List<Given> batches, List<List<Double>> usual) {
        boolean taken = false;
        for (String other : others(number)) {
            Objective changed;
            try {
                changed = recipe.with(slot, other).create();
            } catch (ChiaroException e) {
                continue;
            }
            taken = true;
            for (int b = 0; b < batches.size(); b++) {
                try {
                    if (!said(changed, batches.get(b)).equals(usual.get(b))) {
                        return true;
                    }
                } catch (ChiaroException refused) {
                    // The memories of the batch have another number of rows: it reads the setting.
                    return true;
                }
            }
        }
        return !taken;
    }

    private static List<Given> batches(String name) {
        // Positives of one anchor weigh differently only if it has several.
        int views = name.equals("cacr") ? 3 : IdentityTest.views(name);
        Given first = Given.random(new SplittableRandom(3), views, 9, 6);
        double[][] often = new double[9][1];
        for (double[] visits : often) {
            visits[0] = 100;
        }
        // Records without a temperature of their own yet, which were seen a hundred times.
        Given second = Given.random(new SplittableRandom(4), views, 9, 6)
                .withMemory("temperatures", new double[9][2])
                .withMemory("visits", often);
        return List.of(name.equals("online-contrastive") ? first.withBinaryTargets() : first, second);
    }

    @ParameterizedTest
    @MethodSource("recipes")
    void every_number_that_can_be_set_changes_what_an_objective_says(String name) {
        Recipe recipe = Recipes.named(name);
        List<Given> batches = batches(name);
        List<List<Double>> usual =
                batches.stream().map(given -> said(recipe.create(), given)).toList();
        List<String> dropped = new ArrayList<>();
        for (Map.Entry<String, String> slot : recipe.slots().entrySet()) {
            boolean isNumber = slot.getValue().matches("-?[0-9.]+(E-?[0-9]+)?");
            if (isNumber
                    && recipe.settable().contains(slot.getKey())
                    && !OF_ANOTHER_CHOICE.contains(name + " " + slot.getKey())
                    && !counts(recipe, slot.getKey(), Double.parseDouble(slot.getValue()), batches, usual)) {
                dropped.add(slot.getKey());
            }
        }
        assertThat(dropped).as(name).isEmpty();
    }

    @Test
    void centres_margin_and_scale_of_sub_center_arcface_each_make_another_value() {
        Given given = Given.random(new SplittableRandom(5), 2, 9, 6);
        Set<Double> values = new LinkedHashSet<>();
        for (String[] setting : new String[][] {
            {},
            {"centres-per-class", "1"},
            {"centres-per-class", "10"},
            {"margin", "10"},
            {"margin", "0"},
            {"scale", "30"}
        }) {
            values.add(given.evaluate(IdentityTest.objective("sub-center-arcface", setting))
                    .loss());
        }
        assertThat(values).hasSize(6);
    }
}
