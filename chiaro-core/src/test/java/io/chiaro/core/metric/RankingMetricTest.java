package io.chiaro.core.metric;

import static io.chiaro.core.metric.ReferenceTable.below;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.chiaro.core.ChiaroException;
import io.chiaro.core.RandomStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RankingMetricTest {

    private static final String[] PREFIXES = {"", "d", "\u00e9", "\uff5e", "\uD83D\uDE00"};

    @Test
    void a_thousand_graded_runs_measure_as_trec_eval_measures_them() {
        List<Map<String, Double>> expected = ReferenceTable.read("trec-eval.csv.gz");
        assertThat(expected).hasSize(1000);
        for (int number = 0; number < expected.size(); number++) {
            Map<String, Double> row = expected.get(number);
            Map<String, JudgedRanking> rankings = new LinkedHashMap<>();
            int judgedQueries = generate(number, rankings);
            assertThat((double) rankings.size()).as("queries of run %d", number).isEqualTo(row.get("queries"));
            for (Map.Entry<String, Double> cell : row.entrySet()) {
                if (cell.getKey().contains("@")) {
                    boolean all = cell.getKey().startsWith("all-");
                    RankingMetric metric = RankingMetric.of(all ? cell.getKey().substring(4) : cell.getKey());
                    RankingMetric.Queries queries =
                            all ? RankingMetric.Queries.ALL_JUDGED : RankingMetric.Queries.IN_RUN_AND_JUDGMENTS;
                    assertThat(metric.mean(rankings, judgedQueries, queries))
                            .as("%s of run %d", cell.getKey(), number)
                            .isCloseTo(cell.getValue(), within(1e-6));
                }
            }
        }
    }

    /** The run of this number, made as the script makes it; returns the number of judged queries. */
    private static int generate(int number, Map<String, JudgedRanking> rankings) {
        RandomStream stream = RandomStream.of(7, "graded-runs", number);
        int judgedQueries = 0;
        int queries = 1 + below(stream, 6);
        for (int query = 0; query < queries; query++) {
            int documents = 5 + below(stream, 60);
            boolean judged = below(stream, 8) > 0;
            boolean ranked = below(stream, 8) > 0;
            Map<String, Integer> grades = new LinkedHashMap<>();
            Map<String, Float> scores = new LinkedHashMap<>();
            for (int document = 0; document < documents; document++) {
                String id = PREFIXES[below(stream, 5)] + document;
                if (below(stream, 3) == 0) {
                    grades.put(id, below(stream, 5) - 1);
                }
                if (below(stream, 3) > 0) {
                    scores.put(id, (float) (below(stream, 12) / 4.0 + below(stream, 3) * 1e-9));
                }
            }
            judgedQueries += judged && !grades.isEmpty() ? 1 : 0;
            if (judged && !grades.isEmpty() && ranked && !scores.isEmpty()) {
                float[] values = new float[scores.size()];
                int next = 0;
                for (float score : scores.values()) {
                    values[next++] = score;
                }
                rankings.put("q" + query, JudgedRanking.of(new ArrayList<>(scores.keySet()), values, grades));
            }
        }
        return judgedQueries;
    }

    @Test
    void the_gain_of_a_grade_is_linear() {
        JudgedRanking ranking = JudgedRanking.ofRelevance(new int[] {1, 3}, new int[] {3, 1});
        double log3 = Math.log(3) / Math.log(2);
        assertThat(ranking.ndcg(10)).isCloseTo((1 + 3 / log3) / (3 + 1 / log3), within(1e-12));
    }

    @Test
    void average_precision_divides_by_all_relevant_documents_even_beyond_the_cutoff() {
        JudgedRanking ranking = JudgedRanking.ofRelevance(new int[] {1}, new int[] {1, 1, 1, 1});
        assertThat(ranking.averagePrecision(1)).isEqualTo(0.25);
    }

    @Test
    void of_equal_scores_the_greater_id_comes_first() {
        float[] equal = {1f, 1f};
        assertThat(JudgedRanking.of(List.of("a", "b"), equal, Map.of("a", 1)).reciprocalRank(10))
                .isEqualTo(0.5);
        assertThat(JudgedRanking.of(List.of("a", "b"), equal, Map.of("b", 1)).reciprocalRank(10))
                .isEqualTo(1);
    }

    @Test
    void ids_compare_as_utf8_bytes_also_beyond_the_basic_plane() {
        assertThat(DocumentOrder.compareIds("\uD83D\uDE00", "\uff5e")).isPositive();
        assertThat(DocumentOrder.compareIds("\uff5e", "\uD83D\uDE00")).isNegative();
        assertThat(DocumentOrder.compareIds("doc1", "doc10")).isNegative();
        assertThat(DocumentOrder.compareIds("doc9", "doc10")).isPositive();
    }

    @Test
    void a_query_without_relevant_documents_measures_zero() {
        JudgedRanking ranking = JudgedRanking.ofRelevance(new int[] {0, 0}, new int[] {0, -1});
        for (RankingMetric.Measure measure : RankingMetric.Measure.values()) {
            assertThat(new RankingMetric(measure, 10).value(ranking)).isZero();
        }
    }

    @Test
    void an_unknown_metric_names_the_nearest_valid_one() {
        assertThatThrownBy(() -> RankingMetric.of("ndgc@10"))
                .isInstanceOf(ChiaroException.class)
                .hasMessageContaining("Did you mean \"ndcg@10\"?");
        assertThatThrownBy(() -> RankingMetric.of("ndcg")).isInstanceOf(ChiaroException.class);
        assertThatThrownBy(() -> RankingMetric.of("ndcg@0")).isInstanceOf(ChiaroException.class);
    }

    @Test
    void a_score_that_is_no_number_and_an_id_that_comes_twice_are_refused() {
        assertThatThrownBy(() -> JudgedRanking.of(List.of("a"), new float[] {Float.NaN}, Map.of()))
                .hasMessageContaining("NaN");
        assertThatThrownBy(() -> JudgedRanking.of(List.of("a", "a"), new float[] {1, 2}, Map.of()))
                .hasMessageContaining("twice");
    }
}
