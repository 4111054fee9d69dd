package io.chiaro.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RerankedRankerTest {

    private final AtomicInteger closed = new AtomicInteger();
    private final List<String> asked = new ArrayList<>();

    /** Finds documents "0", "1", ... in this order. */
    private Ranker counting(int documents) {
        return new Ranker() {
            @Override
            public String name() {
                return "fixed";
            }

            @Override
            public List<Hit> rank(String query, int depth) {
                return IntStream.range(0, Math.min(depth, documents))
                        .mapToObj(i -> new Hit(String.valueOf(i), 100 - i))
                        .toList();
            }

            @Override
            public String description() {
                return "counting";
            }

            @Override
            public void close() {
                closed.incrementAndGet();
            }
        };
    }

    /** Scores a text by a table, 0 if it is not in it. */
    private Reranker table(Map<String, Float> scores) {
        return new Reranker() {
            @Override
            public float[] score(String query, List<String> texts) {
                asked.addAll(texts);
                float[] found = new float[texts.size()];
                for (int i = 0; i < found.length; i++) {
                    found[i] = scores.getOrDefault(texts.get(i), 0f);
                }
                return found;
            }

            @Override
            public RerankerDescription description() {
                return new RerankerDescription("table", "0123456789abcdef", 64);
            }

            @Override
            public void close() {
                closed.incrementAndGet();
            }
        };
    }

    @Test
    void the_first_are_put_in_order_by_the_reranker_and_the_others_follow_below_them() {
        Ranker ranker =
                new RerankedRanker(counting(6), table(Map.of("text 1", -3f, "text 2", 5f)), id -> "text " + id, 3);

        List<Hit> hits = ranker.rank("q", 5);

        assertThat(hits.stream().map(Hit::id)).containsExactly("2", "0", "1", "3", "4");
        assertThat(hits.stream().map(Hit::score)).containsExactly(5f, 0f, -3f, -4f, -5f);
        assertThat(asked).containsExactly("text 0", "text 1", "text 2");
    }

    @Test
    void a_document_from_deep_below_can_come_out_on_top_of_a_short_list() {
        Ranker ranker = new RerankedRanker(counting(50), table(Map.of("39", 1f)), id -> id, 40);
        assertThat(ranker.rank("q", 1)).containsExactly(new Hit("39", 1f));
    }

    @Test
    void with_a_weight_the_scores_of_both_stages_count_between_their_least_and_their_best() {
        Reranker reranker = table(Map.of("0", -3f, "1", 1f, "2", 5f));
        // Found with 100, 99 and 98, which are 1, 1/2 and 0 of their range; reranked 0, 1/2 and 1.
        assertThat(new RerankedRanker(counting(4), reranker, id -> id, 3, 0.25).rank("q", 4))
                .containsExactly(new Hit("0", 0.75f), new Hit("1", 0.5f), new Hit("2", 0.25f), new Hit("3", -0.75f));
        assertThat(new RerankedRanker(counting(4), reranker, id -> id, 3, 0.75)
                        .rank("q", 4).stream().map(Hit::id))
                .containsExactly("2", "1", "0", "3");
        assertThat(new RerankedRanker(counting(2), table(Map.of()), id -> id, 3, 0.5).rank("q", 2))
                .as("a reranker that says the same of all")
                .containsExactly(new Hit("0", 0.5f), new Hit("1", 0f));
    }

    @Test
    void the_weight_is_the_one_that_serves_judged_queries() {
        RerankedRanker wrong = new RerankedRanker(counting(4), table(Map.of("3", 9f, "0", 4.5f)), id -> id, 4);
        Map<String, String> queries = Map.of("q", "text of q");
        assertThat(wrong.weighedBy(queries, Map.of("q", Map.of("0", 1))).weight())
                .as("the reranker is wrong, and the first stage right for any weight up to two thirds")
                .isEqualTo(0.5);
        assertThat(wrong.weighedBy(queries, Map.of("q", Map.of("3", 1))).weight())
                .as("the reranker is right")
                .isEqualTo(0.7);
        assertThat(wrong.description()).doesNotContain("weight");
        assertThat(wrong.weighedBy(queries, Map.of("q", Map.of("3", 1))).description())
                .contains("weight 0.7");
    }

    @Test
    void nothing_found_is_nothing_ranked_and_closing_closes_both() {
        Ranker ranker = new RerankedRanker(counting(0), table(Map.of()), id -> id, 10);
        assertThat(ranker.rank("q", 10)).isEmpty();
        assertThat(ranker.description()).contains("counting", "10", "table", "0123456789ab");
        ranker.close();
        assertThat(closed).hasValue(2);
    }
}
