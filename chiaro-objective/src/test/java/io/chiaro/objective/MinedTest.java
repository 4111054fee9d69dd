package io.chiaro.objective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.chiaro.core.Json;
import io.chiaro.core.JsonObject;
import io.chiaro.objective.metric.Mined;
import io.chiaro.objective.metric.Mined.Choice;
import io.chiaro.objective.recipe.Recipes;
import io.chiaro.tensor.DType;
import io.chiaro.tensor.NativeRuntime;
import io.chiaro.testkit.LeakCheck;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What is mined is what pytorch-metric-learning's miners find. */
@ExtendWith(LeakCheck.class)
class MinedTest {

    @BeforeAll
    static void load() {
        NativeRuntime.load();
    }

    /** Notes the cells that it is shown first. */
    private record Witness() implements RowDivergence {

        private static final Set<String> POSITIVES = new HashSet<>();
        private static final Set<String> NEGATIVES = new HashSet<>();

        @Override
        public List<Term> terms(Strip strip) {
            if (POSITIVES.isEmpty() && NEGATIVES.isEmpty()) {
                note(strip.positives().to(DType.DOUBLE).toDoubles(), POSITIVES, strip);
                note(strip.negatives().to(DType.DOUBLE).toDoubles(), NEGATIVES, strip);
            }
            return List.of(Term.mean(strip.sum(strip.scores(), strip.positives()), strip.has(strip.positives())));
        }

        private static void note(double[] mask, Set<String> cells, Strip strip) {
            int width = Math.toIntExact(strip.scores().size(1));
            for (int at = 0; at < mask.length; at++) {
                if (mask[at] > 0) {
                    cells.add(at / width + "-" + at % width);
                }
            }
        }
    }

    private static Choice choice(String name) {
        return switch (name) {
            case "hard" -> Choice.HARDEST;
            case "easy" -> Choice.EASIEST;
            default -> Choice.valueOf(name.toUpperCase(Locale.ROOT).replace("SEMIHARD", "SEMI_HARD"));
        };
    }

    private static Mined mined(JsonObject told) {
        JsonObject settings = told.object("settings");
        return switch (told.string("miner")) {
            case "multi-similarity" ->
                new Mined(Choice.INFORMATIVE, Choice.INFORMATIVE, settings.number("epsilon"), new Witness());
            case "batch-hard" -> new Mined(Choice.HARDEST, Choice.HARDEST, 0, new Witness());
            default ->
                new Mined(
                        choice(settings.string("pos-strategy")),
                        choice(settings.string("neg-strategy")),
                        0,
                        new Witness());
        };
    }

    @Test
    void the_chosen_cells_are_those_of_the_reference() throws IOException {
        String name = "references.json";
        JsonObject file;
        try (InputStream in = Objects.requireNonNull(MinedTest.class.getResourceAsStream(name))) {
            file = Json.parse(name, new String(in.readAllBytes(), StandardCharsets.UTF_8));
        }
        int tried = 0;
        for (JsonObject told : file.objects("miners")) {
            if (told.string("miner").endsWith("-margin")) {
                continue; // chooses triplets or by a bound of its own, and has no recipe
            }
            Witness.POSITIVES.clear();
            Witness.NEGATIVES.clear();
            show(mined(told), file.object("inputs").object(told.string("input")));
            boolean triplets = told.has("anchors");
            assertThat(Witness.POSITIVES)
                    .as(told.string("reference"))
                    .isEqualTo(cells(told, triplets ? "anchors" : "positive-anchors", "positives"));
            assertThat(Witness.NEGATIVES)
                    .as(told.string("reference"))
                    .isEqualTo(cells(told, triplets ? "anchors" : "negative-anchors", "negatives"));
            tried++;
        }
        assertThat(tried).isEqualTo(5);
    }

    private static Set<String> cells(JsonObject told, String rows, String columns) {
        Set<String> cells = new HashSet<>();
        List<Double> from = told.numbers(rows);
        List<Double> to = told.numbers(columns);
        for (int i = 0; i < from.size(); i++) {
            cells.add(from.get(i).intValue() + "-" + to.get(i).intValue());
        }
        return cells;
    }

    private static void show(Mined mined, JsonObject input) {
        double[][][] views = ((List<?>) Objects.requireNonNull(input.toMap().get("views")))
                .stream().map(MinedTest::rows).toArray(double[][][]::new);
        int[] labels =
                input.numbers("labels").stream().mapToInt(Double::intValue).toArray();
        Contrast contrast =
                Contrast.of(Pairing.blocks(Pairing.Among.BATCH), Supervision.sameLabel(), Similarity.cosine(1), mined);
        Given.of(views, labels, new double[labels.length], Map.of()).evaluate(contrast);
    }

    private static double[][] rows(Object nested) {
        return ((List<?>) nested)
                .stream()
                        .map(row -> ((List<?>) row)
                                .stream()
                                        .mapToDouble(value -> ((Number) value).doubleValue())
                                        .toArray())
                        .toArray(double[][]::new);
    }

    @Test
    void semi_hard_on_both_sides_has_no_meaning() {
        assertThatThrownBy(() -> new Mined(Choice.SEMI_HARD, Choice.SEMI_HARD, 0, new Witness()))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void of_equally_far_positives_one_makes_a_triplet() {
        double[][][] rows = {{{1, 0}, {0, 1}, {0, 1}, {-1, 0}}};
        Given given = Given.of(rows, new int[] {0, 0, 0, 1}, new double[4], Map.of());
        double first = Math.sqrt(2) - 2 + 1;

        double loss = given.evaluate(
                        Recipes.named("batch-hard").with("margin", "1").create())
                .loss();

        assertThat(loss).isCloseTo((first + 1 + 1) / 3, within(1e-12));
    }

    @Test
    void equal_rows_of_a_class_are_as_near_as_the_margin_says() {
        double[][][] rows = {{{1, 0}, {1, 0}, {0, 1}}};
        Given given = Given.of(rows, new int[] {0, 0, 1}, new double[3], Map.of());

        double loss = given.evaluate(
                        Recipes.named("tuplet-margin").with("scale", "8").create())
                .loss();

        assertThat(loss).isCloseTo(Math.log1p(Math.exp(-8 * Math.cos(Math.toRadians(5.73)))), within(1e-12));
    }
}
