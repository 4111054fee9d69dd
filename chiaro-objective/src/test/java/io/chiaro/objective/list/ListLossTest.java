package io.chiaro.objective.list;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.chiaro.core.ChiaroException;
import io.chiaro.core.Json;
import io.chiaro.core.JsonObject;
import io.chiaro.testkit.Property;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Losses of lists: against the reference's values, the papers' formulas as plain loops, and finite differences. */
class ListLossTest {

    static Stream<Named<JsonObject>> cases() {
        String name = "/io/chiaro/objective/cross-encoder-losses.json";
        try (InputStream in = Objects.requireNonNull(ListLossTest.class.getResourceAsStream(name))) {
            JsonObject file = Json.parse(name, new String(in.readAllBytes(), StandardCharsets.UTF_8));
            return file.objects("cases").stream()
                    .map(tried -> Named.of(tried.string("loss-name") + ": " + tried.string("name"), tried));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Stream<String> names() {
        return ListLoss.names().stream();
    }

    private static double[] doubles(JsonObject object, String key) {
        return object.numbers(key).stream().mapToDouble(Double::doubleValue).toArray();
    }

    /** What the value of the reference has beside ours: the cross-entropy of ListNet, the entropy of the grades. */
    private static double constant(String name, List<double[]> grades) {
        if (!name.equals("listnet")) {
            return 0;
        }
        double sum = 0;
        for (double[] list : grades) {
            double normalizer = Math.log(Arrays.stream(list).map(Math::exp).sum());
            for (double grade : list) {
                sum -= Math.exp(grade - normalizer) * (grade - normalizer);
            }
        }
        return sum / grades.size();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void value_and_gradient_are_those_of_the_reference(JsonObject tried) {
        List<double[]> scores = new ArrayList<>();
        List<double[]> grades = new ArrayList<>();
        tried.objects("lists").forEach(list -> {
            scores.add(doubles(list, "scores"));
            grades.add(doubles(list, "grades"));
        });
        String name = tried.string("loss-name");

        ListLoss.Judged judged = ListLoss.named(name).judge(scores, grades);

        // The reference counts RankNet in bits, its authors and we in natural logarithms.
        double unit = name.equals("ranknet") ? 1 / Math.log(2) : 1;
        assertThat(unit * judged.loss() + constant(name, grades)).isCloseTo(tried.number("loss"), within(2e-5));
        for (int list = 0; list < scores.size(); list++) {
            double[] expected = doubles(tried.objects("lists").get(list), "gradient");
            assertThat(Arrays.stream(expected).map(Math::abs).max().orElse(0)).isGreaterThan(1e-4);
            for (int j = 0; j < expected.length; j++) {
                assertThat(unit * judged.gradient()[list][j]).isCloseTo(expected[j], within(2e-6));
            }
        }
    }

    private static List<double[]> lists(SplittableRandom random, boolean binary) {
        return IntStream.range(0, 1 + random.nextInt(4))
                .mapToObj(list -> IntStream.range(0, 2 + random.nextInt(6))
                        .mapToDouble(j -> binary ? random.nextInt(2) : random.nextInt(4))
                        .toArray())
                .toList();
    }

    private static List<double[]> scores(SplittableRandom random, List<double[]> grades) {
        return grades.stream()
                .map(list -> Arrays.stream(list)
                        .map(grade -> 6 * random.nextDouble() - 3)
                        .toArray())
                .toList();
    }

    @ParameterizedTest
    @MethodSource("names")
    void the_gradient_is_the_slope_of_the_value(String name) {
        ListLoss loss = ListLoss.named(name);
        Property.check(40, random -> {
            List<double[]> grades = lists(random, name.equals("pointwise") || random.nextBoolean());
            List<double[]> scores = scores(random, grades);
            ListLoss.Judged judged = loss.judge(scores, grades);
            for (int list = 0; list < scores.size(); list++) {
                for (int j = 0; j < scores.get(list).length; j++) {
                    // Small enough to change no order, on which the weights of LambdaLoss depend.
                    double before = scores.get(list)[j];
                    scores.get(list)[j] = before + 1e-7;
                    double above = loss.judge(scores, grades).loss();
                    scores.get(list)[j] = before - 1e-7;
                    double below = loss.judge(scores, grades).loss();
                    scores.get(list)[j] = before;
                    assertThat(judged.gradient()[list][j]).isCloseTo((above - below) / 2e-7, within(1e-5));
                }
            }
        });
    }

    /** The papers' formulas, list by list and pair by pair. */
    private static double plain(String name, List<double[]> scores, List<double[]> grades) {
        double sum = 0;
        int count = 0;
        for (int list = 0; list < scores.size(); list++) {
            double[] s = scores.get(list);
            double[] g = grades.get(list);
            int n = s.length;
            boolean even = Arrays.stream(g).allMatch(grade -> grade == g[0]);
            double[] falling = Arrays.stream(g).map(grade -> -grade).sorted().toArray();
            double best = 0;
            for (int a = 0; a < n; a++) {
                best += (Math.pow(2, -falling[a]) - 1) / log2(a + 2);
            }
            double exponentials = Arrays.stream(s).map(Math::exp).sum();
            double ofGrades = Arrays.stream(g).map(Math::exp).sum();
            for (int i = 0; i < n; i++) {
                switch (name) {
                    case "pointwise" -> {
                        double p = 1 / (1 + Math.exp(-s[i]));
                        sum -= g[i] * Math.log(p) + (1 - g[i]) * Math.log(1 - p);
                        count++;
                    }
                    case "mse" -> {
                        sum += (s[i] - g[i]) * (s[i] - g[i]);
                        count++;
                    }
                    case "listnet" -> {
                        double p = Math.exp(g[i]) / ofGrades;
                        sum += even ? 0 : p * Math.log(p / (Math.exp(s[i]) / exponentials));
                    }
                    case "contrastive" -> {
                        double negatives = 0;
                        for (int j = 0; j < n; j++) {
                            negatives += g[j] == 0 ? Math.exp(s[j]) : 0;
                        }
                        if (g[i] > 0 && negatives > 0) {
                            sum -= Math.log(Math.exp(s[i]) / (Math.exp(s[i]) + negatives));
                            count++;
                        }
                    }
                    case "margin-mse" -> {
                        double error = i == 0 ? 0 : s[0] - s[i] - (g[0] - g[i]);
                        sum += error * error / (n - 1);
                    }
                    case "list-mle", "p-list-mle" -> {
                        double drawn = Math.exp(s[i]);
                        double lower = 0;
                        for (int j = 0; j < n; j++) {
                            lower += g[j] < g[i] ? Math.exp(s[j]) : 0;
                        }
                        double share = name.equals("list-mle") ? 1 : place(g, i) / places(g);
                        sum -= lower == 0 ? 0 : share * Math.log(drawn / (drawn + lower));
                    }
                    case "adr-mse" -> {
                        double rank = 0.5;
                        double wanted = 0.5;
                        for (int j = 0; j < n; j++) {
                            rank += 1 / (1 + Math.exp(s[i] - s[j]));
                            wanted += (1 + Math.signum(g[j] - g[i])) / 2;
                        }
                        sum += even ? 0 : (wanted - rank) * (wanted - rank) / log2(1 + wanted);
                        count += even ? 0 : 1;
                    }
                    default -> {
                        for (int j = 0; j < n; j++) {
                            if (g[i] > g[j]) {
                                double weight = name.equals("ranknet") ? Math.log(2) : weight(s, g, i, j, best);
                                sum += weight * log2(1 + Math.exp(s[j] - s[i]));
                                count++;
                            }
                        }
                    }
                }
            }
            boolean ofLists = List.of("listnet", "list-mle", "p-list-mle").contains(name);
            count += ofLists && !even || name.equals("margin-mse") ? 1 : 0;
        }
        return sum / Math.max(1, count);
    }

    /** How much the place of a candidate counts in a list of so many; the lowest grade has none below it. */
    private static double place(double[] g, int i) {
        double better = Arrays.stream(g).filter(other -> other > g[i]).count();
        boolean lowest = Arrays.stream(g).noneMatch(other -> other < g[i]);
        return lowest ? 0 : Math.pow(2, g.length - better - 1) - 1;
    }

    private static double places(double[] g) {
        return IntStream.range(0, g.length).mapToDouble(i -> place(g, i)).sum();
    }

    private static double weight(double[] s, double[] g, int i, int j, double best) {
        int a = 1;
        int b = 1;
        for (double other : s) {
            a += other > s[i] ? 1 : 0;
            b += other > s[j] ? 1 : 0;
        }
        int apart = Math.abs(a - b);
        double rho = Math.abs(1 / log2(1 + a) - 1 / log2(1 + b));
        double delta = Math.abs(1 / log2(1 + apart) - 1 / log2(2 + apart));
        return (rho + 10 * delta) * Math.abs(Math.pow(2, g[i]) - Math.pow(2, g[j])) / best;
    }

    private static double log2(double x) {
        return Math.log(x) / Math.log(2);
    }

    @ParameterizedTest
    @MethodSource("names")
    void the_value_is_that_of_the_paper_s_formula(String name) {
        ListLoss loss = ListLoss.named(name);
        Property.check(100, random -> {
            List<double[]> grades = lists(random, name.equals("pointwise") || random.nextBoolean());
            List<double[]> scores = scores(random, grades);
            assertThat(loss.judge(scores, grades).loss()).isCloseTo(plain(name, scores, grades), within(1e-9));
        });
    }

    @ParameterizedTest
    @MethodSource("names")
    void lists_judged_in_parts_and_joined_by_their_terms_are_lists_judged_together(String name) {
        ListLoss loss = ListLoss.named(name);
        Property.check(40, random -> {
            List<double[]> grades = lists(random, true);
            List<double[]> scores = scores(random, grades);
            ListLoss.Judged together = loss.judge(scores, grades);
            assertThat(together.terms()).isEqualTo(loss.terms(grades));
            double sum = 0;
            for (int list = 0; list < scores.size(); list++) {
                List<double[]> one = List.of(grades.get(list));
                ListLoss.Judged alone = loss.judge(List.of(scores.get(list)), one);
                double share = (double) loss.terms(one) / Math.max(1, together.terms());
                sum += share * alone.loss();
                for (int j = 0; j < scores.get(list).length; j++) {
                    assertThat(share * alone.gradient()[0][j]).isCloseTo(together.gradient()[list][j], within(1e-12));
                }
            }
            assertThat(sum).isCloseTo(together.loss(), within(1e-12));
        });
    }

    @ParameterizedTest
    @MethodSource("names")
    void scores_beyond_all_exponentials_have_finite_values_and_gradients(String name) {
        ListLoss.Judged judged =
                ListLoss.named(name).judge(List.of(new double[] {-2000, 2000, 0}), List.of(new double[] {1, 0, 0}));
        assertThat(judged.gradient()[0]).doesNotContain(Double.NaN);
        if (name.equals("adr-mse")) {
            // Ranks are bounded, and where they are sure nothing moves them.
            assertThat(judged.loss()).isFinite().isGreaterThan(1);
            return;
        }
        assertThat(judged.loss()).isFinite().isGreaterThan(100);
        assertThat(judged.gradient()[0][0]).isNegative();
        assertThat(judged.gradient()[0][1]).isPositive();
    }

    @Test
    void a_list_of_one_grade_has_no_order_to_learn() {
        for (String name :
                List.of("ranknet", "listnet", "lambda-loss", "contrastive", "list-mle", "p-list-mle", "adr-mse")) {
            ListLoss.Judged judged =
                    ListLoss.named(name).judge(List.of(new double[] {1, -2}), List.of(new double[] {0, 0}));
            assertThat(judged.terms()).as(name).isZero();
            assertThat(judged.loss()).isZero();
            assertThat(judged.gradient()[0]).containsExactly(0, 0);
            assertThat(ListLoss.named(name)
                            .judge(List.of(new double[] {1, -2}), List.of(new double[] {0.0, -0.0}))
                            .terms())
                    .as(name)
                    .isZero();
        }
    }

    @Test
    void of_two_grades_the_likelihood_of_the_order_is_the_sum_of_the_contrasts() {
        Property.check(40, random -> {
            List<double[]> grades = List.of(lists(random, true).get(0));
            List<double[]> scores = scores(random, grades);
            ListLoss.Judged contrasts = ListLoss.contrastive().judge(scores, grades);
            ListLoss.Judged order = ListLoss.likelihood(false).judge(scores, grades);
            assertThat(order.loss()).isCloseTo(contrasts.terms() * contrasts.loss(), within(1e-9));
        });
    }

    @Test
    void ranks_by_equal_scores_are_those_of_equal_grades() {
        assertThat(ListLoss.ranks()
                        .judge(List.of(new double[] {100, 7, 7, 7}), List.of(new double[] {1, 0, 0, 0}))
                        .loss())
                .isCloseTo(0, within(1e-12));
    }

    @Test
    void chance_is_the_value_of_equal_scores() {
        List<double[]> grades = List.of(new double[] {1, 0, 0, 0});
        List<double[]> scores = List.of(new double[] {3, 1, 2, -1});
        assertThat(ListLoss.named("contrastive").judge(scores, grades).chance()).isCloseTo(Math.log(4), within(1e-12));
        assertThat(ListLoss.named("pointwise").judge(scores, grades).chance()).isCloseTo(Math.log(2), within(1e-12));
        assertThat(ListLoss.named("ranknet").judge(scores, grades).chance()).isCloseTo(Math.log(2), within(1e-12));
    }

    @Test
    void an_unknown_name_is_answered_with_the_nearest() {
        assertThatThrownBy(() -> ListLoss.named("ranknett"))
                .isInstanceOf(ChiaroException.class)
                .hasMessageContaining("ranknet");
    }
}
