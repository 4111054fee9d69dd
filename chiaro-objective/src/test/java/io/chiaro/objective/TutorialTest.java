package io.chiaro.objective;

import static io.chiaro.objective.Pairing.Among.BATCH;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.chiaro.core.RandomStream;
import io.chiaro.tensor.NativeRuntime;
import io.chiaro.tensor.Scope;
import io.chiaro.tensor.Tensor;
import io.chiaro.testkit.LeakCheck;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The objective that the book writes, compiled, evaluated and held to its formula. */
@ExtendWith(LeakCheck.class)
class TutorialTest {

    private static final Path SOURCE = Path.of("src/test/java/io/chiaro/objective/TutorialTest.java");
    private static final Path PAGE = Path.of("../docs/objectives.md");
    private static final int ROWS = 6;
    private static final int WIDTH = 4;
    private static final double MARGIN = 0.1;

    // [tutorial
    /** max(0, hardest negative - mean positive + margin). */
    record HardestNegative(double margin) implements RowDivergence {
        @Override
        public List<Term> terms(Strip strip) {
            Tensor gap = strip.max(strip.scores(), strip.negatives())
                    .subtract(strip.mean(strip.scores(), strip.positives()))
                    .add(margin);
            return List.of(Term.mean(gap.relu(), strip.has(strip.positives())));
        }
    }
    // tutorial]

    private static final Objective OBJECTIVE = Contrast.of(
            Pairing.blocks(BATCH), Supervision.sameLabel(), Similarity.cosine(1), new HardestNegative(MARGIN));

    @BeforeAll
    static void load() {
        NativeRuntime.load();
    }

    @Test
    void the_book_shows_these_lines() throws IOException {
        List<String> source = Files.readAllLines(SOURCE);
        List<String> shown =
                source.subList(source.indexOf("    // [tutorial") + 1, source.indexOf("    // tutorial]")).stream()
                        .map(line -> line.startsWith("    ") ? line.substring(4) : line)
                        .toList();
        assertThat(shown).hasSizeLessThan(30);
        assertThat(Files.readString(PAGE)).contains("```java\n" + String.join("\n", shown) + "\n```");
    }

    @Test
    void its_components_are_slots() {
        assertThat(OBJECTIVE.slots()).containsAllEntriesOf(Map.of("divergence", "hardest-negative", "margin", "0.1"));
    }

    @Test
    void it_is_its_formula_and_its_gradient_the_differences_of_it() {
        double[] values = new double[ROWS * WIDTH];
        RandomStream random = RandomStream.of(3, "tutorial");
        for (int i = 0; i < values.length; i++) {
            values[i] = random.nextGaussian();
        }
        try (Scope scope = Scope.open("test")) {
            Evaluation found = OBJECTIVE.evaluate(views(values));
            assertThat(found.loss()).isCloseTo(plain(values), within(1e-12));
            double[] gradient = found.gradients().get(0).toDoubles();
            for (int i = 0; i < values.length; i++) {
                double[] more = values.clone();
                double[] less = values.clone();
                more[i] += 1e-6;
                less[i] -= 1e-6;
                assertThat(gradient[i]).isCloseTo((plain(more) - plain(less)) / 2e-6, within(1e-6));
            }
        }
    }

    private static Views views(double[] values) {
        long[] items = {0, 1, 2, 3, 4, 5};
        return Views.of(new View(ViewRole.ANCHOR, Tensor.of(values, ROWS, WIDTH), items, items))
                .withLabels(new int[] {0, 0, 0, 1, 1, 1});
    }

    private static double plain(double[] values) {
        double sum = 0;
        for (int i = 0; i < ROWS; i++) {
            double hardest = Double.NEGATIVE_INFINITY;
            double positives = 0;
            for (int j = 0; j < ROWS; j++) {
                if (j / 3 != i / 3) {
                    hardest = Math.max(hardest, cosine(values, i, j));
                } else if (j != i) {
                    positives += cosine(values, i, j) / 2;
                }
            }
            sum += Math.max(0, hardest - positives + MARGIN) / ROWS;
        }
        return sum;
    }

    private static double cosine(double[] values, int i, int j) {
        double dot = 0;
        double one = 0;
        double other = 0;
        for (int k = 0; k < WIDTH; k++) {
            dot += values[i * WIDTH + k] * values[j * WIDTH + k];
            one += values[i * WIDTH + k] * values[i * WIDTH + k];
            other += values[j * WIDTH + k] * values[j * WIDTH + k];
        }
        return dot / Math.sqrt(one * other);
    }
}
