package io.chiaro.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.chiaro.core.RandomStream;
import io.chiaro.eval.JudgedQuery.Placed;
import io.chiaro.model.Document;
import io.chiaro.model.Hit;
import io.chiaro.model.Ranker;
import io.chiaro.testkit.Property;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RetrievalJudgementTest {

    private static List<Hit> hits(String... ids) {
        return IntStream.range(0, ids.length)
                .mapToObj(i -> new Hit(ids[i], ids.length - i))
                .toList();
    }

    private static Placed placed(String id, int rank, int grade) {
        return new Placed(
                id,
                rank == 0 ? OptionalInt.empty() : OptionalInt.of(rank),
                grade < 0 ? OptionalInt.empty() : OptionalInt.of(grade));
    }

    private static RetrievalJudgement judge(
            Map<String, Map<String, Integer>> judgments, Map<String, List<Hit>> found, int documents) {
        Map<String, String> queries = new LinkedHashMap<>();
        judgments.keySet().forEach(id -> queries.put(id, "text of " + id));
        RetrievalData data = RetrievalData.of(
                "made up",
                "test",
                IntStream.range(0, documents)
                        .mapToObj(i -> new Document("d" + i, "", "document " + i))
                        .toList(),
                queries,
                judgments);
        Ranker ranker = new Ranker() {
            @Override
            public String name() {
                return "fixed";
            }

            @Override
            public List<Hit> rank(String query, int depth) {
                return found.getOrDefault(query.substring("text of ".length()), List.of());
            }

            @Override
            public String description() {
                return "told what to find";
            }

            @Override
            public void close() {}
        };
        return Evaluation.judgeRetrieval(data, EvaluationOptions.defaults(), ranker);
    }

    @Test
    void the_worst_queries_come_first_each_with_its_first_wrong_hit_and_its_missing_right_document() {
        Map<String, Map<String, Integer>> judgments = new LinkedHashMap<>();
        judgments.put("perfect", Map.of("d1", 1));
        judgments.put("second", Map.of("d1", 1, "d2", 0));
        judgments.put("absent", Map.of("d3", 1));
        judgments.put("graded", Map.of("d4", 2, "d5", 1, "d6", 1));
        judgments.put("hopeless", Map.of("d7", 0));
        judgments.put("nothing", Map.of("d8", 1));
        RetrievalJudgement judged = judge(
                judgments,
                Map.of(
                        "perfect", hits("d1", "d2"),
                        "second", hits("d2", "d1"),
                        "absent", hits("d9", "d1"),
                        "graded", hits("d4", "d9", "d5"),
                        "hopeless", hits("d7")),
                10);

        List<JudgedQuery> worst = judged.worst(10);
        assertThat(worst).extracting(JudgedQuery::id).containsExactly("absent", "nothing", "second", "graded");
        assertThat(worst).extracting(JudgedQuery::text).startsWith("text of absent");
        assertThat(worst.get(0).firstWrong()).contains(placed("d9", 1, -1));
        assertThat(worst.get(0).costliest()).contains(placed("d3", 0, 1));
        assertThat(worst.get(1).firstWrong()).isEmpty();
        assertThat(worst.get(1).costliest()).contains(placed("d8", 0, 1));
        assertThat(worst.get(2).firstWrong()).contains(placed("d2", 1, 0));
        assertThat(worst.get(2).costliest()).contains(placed("d1", 2, 1));
        assertThat(worst.get(3).firstWrong()).contains(placed("d9", 2, -1));
        assertThat(worst.get(3).costliest()).contains(placed("d6", 0, 1));
        assertThat(judged.worst(1)).extracting(JudgedQuery::id).containsExactly("absent");
        assertThat(judged.queries()).hasSize(6);
    }

    @Test
    void equal_scores_are_in_the_order_of_trec_eval() {
        JudgedQuery query = new JudgedQuery(
                "q", "text", List.of(new Hit("a", 1), new Hit("b", 1), new Hit("c", 2)), Map.of("a", 1));

        assertThat(query.hits()).extracting(Hit::id).containsExactly("c", "b", "a");
        assertThat(query.costliest()).contains(placed("a", 3, 1));
    }

    private static String name(int document) {
        return String.format(Locale.ROOT, "d%02d", document);
    }

    /** By plain loops: the ideal ranks, and what each relevant document loses against its own. */
    private static Map<String, Double> costs(List<String> ranked, Map<String, Integer> grades) {
        List<String> ideal = new ArrayList<>();
        for (int grade = 3; grade > 0; grade--) {
            for (String id : ranked) {
                if (grades.getOrDefault(id, 0) == grade) {
                    ideal.add(id);
                }
            }
            for (int i = 0; i < 30; i++) {
                if (grades.getOrDefault(name(i), 0) == grade && !ideal.contains(name(i))) {
                    ideal.add(name(i));
                }
            }
        }
        Map<String, Double> costs = new HashMap<>();
        for (int i = 0; i < ideal.size(); i++) {
            int rank = ranked.indexOf(ideal.get(i)) + 1;
            int grade = grades.getOrDefault(ideal.get(i), 0);
            double best = i < 10 ? grade / (Math.log(i + 2) / Math.log(2)) : 0;
            double real = rank > 0 && rank <= 10 ? grade / (Math.log(rank + 1) / Math.log(2)) : 0;
            costs.put(ideal.get(i), best - real);
        }
        return costs;
    }

    @Test
    void no_other_document_cost_more_than_the_costliest_and_all_costs_are_what_was_lost() {
        Property.check(200, random -> {
            RandomStream stream = RandomStream.of(random.nextInt(1 << 30), "judgement");
            int[] order = stream.permutation(30);
            List<String> ranked = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                ranked.add(name(order[i]));
            }
            Map<String, Integer> grades = new HashMap<>();
            for (int i = 0; i < 30; i++) {
                int grade = random.nextInt(8) - 3;
                if (grade >= 0) {
                    grades.put(name(i), Math.min(3, grade));
                }
            }
            JudgedQuery query = new JudgedQuery("q", "text", hits(ranked.toArray(String[]::new)), grades);
            Map<String, Double> costs = costs(ranked, grades);

            if (costs.isEmpty()) {
                assertThat(query.costliest()).isEmpty();
                return;
            }
            double most = costs.values().stream()
                    .mapToDouble(Double::doubleValue)
                    .max()
                    .orElseThrow();
            String found = query.costliest().orElseThrow().id();
            assertThat(costs.getOrDefault(found, Double.NaN)).isCloseTo(most, within(1e-12));
            double lost =
                    costs.values().stream().mapToDouble(Double::doubleValue).sum();
            double ideal = costs(List.of(), grades).values().stream()
                    .mapToDouble(Double::doubleValue)
                    .sum();
            assertThat(query.ndcg()).isCloseTo(1 - lost / ideal, within(1e-12));
            int wrong = 0;
            while (wrong < 20 && grades.getOrDefault(ranked.get(wrong), 0) > 0) {
                wrong++;
            }
            assertThat(query.firstWrong().map(one -> one.rank().getAsInt()).orElse(21))
                    .isEqualTo(wrong == 20 ? 21 : wrong + 1);
        });
    }

    @Test
    void the_figures_are_the_means_over_the_judged_queries() {
        Map<String, Map<String, Integer>> judgments = new LinkedHashMap<>();
        judgments.put("a", Map.of("d1", 1));
        judgments.put("b", Map.of("d2", 1));
        RetrievalJudgement judged = judge(judgments, Map.of("a", hits("d1"), "b", hits("d0", "d2")), 5);

        double mean = judged.queries().stream()
                .mapToDouble(JudgedQuery::ndcg)
                .average()
                .orElseThrow();
        assertThat(judged.report().metric("ndcg@10")).isCloseTo(mean, within(1e-15));
        assertThat(mean).isCloseTo((1 + 1 / (Math.log(3) / Math.log(2))) / 2, within(1e-12));
    }
}
