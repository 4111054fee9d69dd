package io.chiaro.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.chiaro.core.ChiaroException;
import io.chiaro.model.Hit;
import io.chiaro.model.Ranker;
import io.chiaro.search.Fusion.Ranking;
import io.chiaro.testkit.Property;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class FusionTest {

    private static Ranking ranking(double weight, double least, Object... idsAndScores) {
        List<Hit> hits = new ArrayList<>();
        for (int i = 0; i < idsAndScores.length; i += 2) {
            hits.add(new Hit((String) idsAndScores[i], ((Number) idsAndScores[i + 1]).floatValue()));
        }
        return new Ranking(hits, weight, least);
    }

    private record Fixed(List<Hit> hits) implements Ranker {

        @Override
        public String name() {
            return "fixed";
        }

        @Override
        public List<Hit> rank(String query, int depth) {
            return hits.subList(0, Math.min(depth, hits.size()));
        }

        @Override
        public String description() {
            return "fixed";
        }

        @Override
        public void close() {}
    }

    @Test
    void reciprocal_ranks_are_those_of_the_formula() {
        List<Hit> fused =
                Fusion.RANKS.of(List.of(ranking(1, 0, "a", 9, "b", 8, "c", 7), ranking(1, -1, "c", 0.9, "d", 0.8)), 10);
        Map<String, Float> scores = new HashMap<>();
        fused.forEach(hit -> scores.put(hit.id(), hit.score()));
        assertThat(scores.get("a")).isCloseTo(1f / 61, within(1e-7f));
        assertThat(scores.get("c")).isCloseTo(1f / 63 + 1f / 61, within(1e-7f));
        assertThat(scores.get("d")).isCloseTo(1f / 62, within(1e-7f));
        assertThat(fused.get(0).id()).isEqualTo("c");
    }

    @Test
    void scores_are_told_between_the_least_that_can_be_and_the_best_that_is() {
        List<Hit> fused = Fusion.SCORES.of(
                List.of(ranking(0.25, 0, "a", 10, "b", 5), ranking(0.75, -1, "b", 0.6, "a", -0.2)), 10);
        // a: 0.25 * 1 + 0.75 * 0.8 / 1.6; b: 0.25 * 0.5 + 0.75
        assertThat(fused).extracting(Hit::id).containsExactly("b", "a");
        assertThat(fused.get(0).score()).isCloseTo(0.875f, within(1e-6f));
        assertThat(fused.get(1).score()).isCloseTo(0.625f, within(1e-6f));
    }

    @Test
    void a_ranking_that_found_nothing_changes_nothing() {
        Ranking words = ranking(0.5, 0, "a", 3, "b", 2);
        for (Fusion fusion : Fusion.values()) {
            assertThat(fusion.of(List.of(words, new Ranking(List.of(), 0.5, -1)), 5))
                    .extracting(Hit::id)
                    .containsExactly("a", "b");
        }
        assertThat(Fusion.SCORES.of(List.of(ranking(1, 0, "a", 0)), 5))
                .as("best and least are one")
                .extracting(Hit::score)
                .containsExactly(0f);
    }

    @Test
    void one_side_with_all_the_weight_is_that_side() {
        Property.check(50, random -> {
            List<Hit> words = new ArrayList<>();
            List<Hit> vectors = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                words.add(new Hit("d" + i, 40 - i));
                vectors.add(new Hit("d" + (i * 7 % 20), 0.9f - 0.03f * i));
            }
            Fusion fusion = Fusion.values()[random.nextInt(2)];
            HybridRanker ranker = new HybridRanker(new Fixed(words), new Fixed(vectors), fusion, 1);
            int depth = random.nextInt(1, 20);
            assertThat(ranker.rank("q", depth))
                    .extracting(Hit::id)
                    .containsExactlyElementsOf(
                            vectors.subList(0, depth).stream().map(Hit::id).toList());
        });
    }

    @Test
    void the_order_of_equal_scores_does_not_depend_on_the_order_of_the_rankings() {
        Ranking one = ranking(1, 0, "a", 1, "b", 0.5);
        Ranking other = ranking(1, 0, "b", 1, "a", 0.5);
        assertThat(Fusion.RANKS.of(List.of(one, other), 2)).isEqualTo(Fusion.RANKS.of(List.of(other, one), 2));
    }

    @Test
    void an_unknown_fusion_is_told_the_nearest_name() {
        assertThat(Fusion.named("ranks")).isEqualTo(Fusion.RANKS);
        assertThatThrownBy(() -> Fusion.named("rank"))
                .isInstanceOf(ChiaroException.class)
                .hasMessageContaining("ranks");
    }
}
