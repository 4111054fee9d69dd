package io.chiaro.search;

import static org.assertj.core.api.Assertions.assertThat;

import io.chiaro.model.Hit;
import io.chiaro.model.Ranker;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class HybridWeightTest {

    private static final Map<String, String> QUERIES = Map.of("q", "larks");

    private static Ranker ranking(Hit... hits) {
        return new Ranker() {
            @Override
            public String name() {
                return "fixed";
            }

            @Override
            public List<Hit> rank(String query, int depth) {
                return List.of(hits);
            }

            @Override
            public String description() {
                return "fixed";
            }

            @Override
            public void close() {}
        };
    }

    private static double chosen(Ranker words, Ranker vectors, Map<String, Integer> grades) {
        return HybridWeight.chosen(words, vectors, Fusion.SCORES, QUERIES, Map.of("q", grades));
    }

    @Test
    void theNearestToEvenIsTakenThatRanksRight() {
        // Shares of words 1 and 1/9, of vectors 0.05 and 1: even, the wrong one is ahead by 0.03, and at 0.4 the right
        // one.
        assertThat(chosen(
                        ranking(new Hit("good", 9f), new Hit("bad", 1f)),
                        ranking(new Hit("bad", 0.9f), new Hit("good", -0.9f)),
                        Map.of("good", 1)))
                .isEqualTo(0.4);
        assertThat(chosen(
                        ranking(new Hit("bad", 9f), new Hit("good", 1f)),
                        ranking(new Hit("good", 0.9f), new Hit("bad", -0.9f)),
                        Map.of("good", 1)))
                .isEqualTo(0.5);
    }

    @Test
    void whereBothAreRightTheyCountAlike() {
        Ranker right = ranking(new Hit("good", 0.9f), new Hit("bad", 0.1f));
        assertThat(chosen(right, right, Map.of("good", 1))).isEqualTo(0.5);
    }

    @Test
    void eachSideCanBeNeeded() {
        // Words know a and not b, vectors know b and not a: only together both stand above c.
        Ranker words = ranking(new Hit("a", 10f), new Hit("c", 6f));
        Ranker vectors = ranking(new Hit("b", 1f), new Hit("c", -0.9f));
        double weight = chosen(words, vectors, Map.of("a", 1, "b", 1));
        assertThat(weight).isBetween(0.1, 0.9);
    }
}
