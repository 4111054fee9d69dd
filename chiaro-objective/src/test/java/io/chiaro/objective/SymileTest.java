package io.chiaro.objective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.chiaro.core.ChiaroException;
import io.chiaro.tensor.NativeRuntime;
import io.chiaro.testkit.LeakCheck;
import io.chiaro.testkit.Property;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Three modalities of a bit each, the third the exclusive or of the others: any two of them are independent. */
@ExtendWith(LeakCheck.class)
class SymileTest {

    private static final int[][] BITS = {{0, 0, 1, 1}, {0, 1, 0, 1}, {0, 1, 1, 0}};
    private static final List<List<Integer>> PAIRS = List.of(List.of(0, 1), List.of(1, 2), List.of(2, 0));
    private static final int WIDTH = 4;

    @BeforeAll
    static void load() {
        NativeRuntime.load();
    }

    private static Given given(double[][]... views) {
        return Given.of(views, new int[] {0, 1, 2, 3}, new double[4], Map.of());
    }

    /** Each modality's bits through its table of two rows. */
    private static double[][][] embedded(double[][][] tables) {
        double[][][] views = new double[3][4][];
        for (int m = 0; m < 3; m++) {
            for (int i = 0; i < 4; i++) {
                views[m][i] = tables[m][BITS[m][i]].clone();
            }
        }
        return views;
    }

    private static double[][][] tables(RandomGenerator random) {
        double[][][] tables = new double[3][2][WIDTH];
        for (double[][] table : tables) {
            for (double[] row : table) {
                Arrays.setAll(row, k -> random.nextGaussian());
            }
        }
        return tables;
    }

    private static Given.Found symile(double[][][] tables) {
        return given(embedded(tables)).evaluate(IdentityTest.objective("symile", "scale", "10"));
    }

    /** CLIP between each pair of modalities. */
    private static List<Given.Found> clip(double[][][] tables) {
        double[][][] views = embedded(tables);
        return PAIRS.stream()
                .map(pair -> given(views[pair.get(0)], views[pair.get(1)])
                        .evaluate(IdentityTest.objective("clip", "temperature", "0.1")))
                .toList();
    }

    private static void step(double[][] table, int[] bits, double[][] gradients) {
        for (int i = 0; i < bits.length; i++) {
            for (int k = 0; k < WIDTH; k++) {
                table[bits[i]][k] -= 0.2 * gradients[i][k];
            }
        }
    }

    /** By how much a score prefers the right third bit to the wrong one, for each of the four pairs of bits. */
    private static double[] leads(double[][][] tables, boolean byTriple) {
        double[] leads = new double[4];
        for (int i = 0; i < 4; i++) {
            double[] x = PlainFormulas.unit(tables[0][BITS[0][i]]);
            double[] y = PlainFormulas.unit(tables[1][BITS[1][i]]);
            double[] right = PlainFormulas.unit(tables[2][BITS[2][i]]);
            double[] wrong = PlainFormulas.unit(tables[2][1 - BITS[2][i]]);
            for (int k = 0; k < WIDTH; k++) {
                leads[i] += (byTriple ? x[k] * y[k] : x[k] + y[k]) * (right[k] - wrong[k]);
            }
        }
        return leads;
    }

    @Test
    void signs_whose_product_is_one_solve_the_exclusive_or_for_triples_and_are_no_better_than_chance_for_pairs() {
        // Of one number: bit 0 as 1 and bit 1 as -1, so that x y z is 1 for every item and the other pairs are evenly 1
        // and -1.
        double[][][] tables = {
            {{1, 0, 0, 0}, {-1, 0, 0, 0}}, {{1, 0, 0, 0}, {-1, 0, 0, 0}}, {{1, 0, 0, 0}, {-1, 0, 0, 0}}
        };
        assertThat(symile(tables).loss()).isCloseTo(Math.log(16 * Math.cosh(10)) - 10, within(1e-12));
        assertThat(clip(tables))
                .allSatisfy(found -> assertThat(found.loss()).isCloseTo(Math.log(4 * Math.cosh(10)), within(1e-12)));
    }

    @Test
    void no_embedding_of_independent_bits_brings_pairs_below_chance() {
        Property.check(
                10,
                random -> assertThat(clip(tables(random)))
                        .allSatisfy(found -> assertThat(found.loss()).isGreaterThan(Math.log(4) - 1e-12)));
    }

    @Test
    void a_few_steps_of_symile_find_every_third_bit_and_as_many_of_clip_none() {
        double[][][] triples = tables(new SplittableRandom(1));
        double[][][] pairs = tables(new SplittableRandom(1));
        for (int step = 0; step < 60; step++) {
            double[][][] gradients = symile(triples).gradients();
            for (int m = 0; m < 3; m++) {
                step(triples[m], BITS[m], gradients[m]);
            }
            List<Given.Found> found = clip(pairs);
            for (int p = 0; p < 3; p++) {
                for (int side = 0; side < 2; side++) {
                    int m = PAIRS.get(p).get(side);
                    step(pairs[m], BITS[m], found.get(p).gradients()[side]);
                }
            }
        }
        assertThat(symile(triples).loss()).isLessThan(Math.log(16) - 0.5);
        assertThat(Arrays.stream(leads(triples, true))).allMatch(lead -> lead > 0.5);
        // What pairs win for one answer they lose for another.
        assertThat(clip(pairs)).allSatisfy(found -> assertThat(found.loss()).isCloseTo(Math.log(4), within(0.05)));
        assertThat(Arrays.stream(leads(pairs, false)).sum()).isCloseTo(0, within(1e-12));
    }

    @Test
    void two_modalities_are_refused_with_how_many_there_should_be() {
        double[][][] views = embedded(tables(new SplittableRandom(2)));
        assertThatThrownBy(() -> given(views[0], views[1]).evaluate(IdentityTest.objective("symile")))
                .isInstanceOf(ChiaroException.class)
                .hasMessageContaining("at least 3 views, but found 2");
    }
}
