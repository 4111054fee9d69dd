package io.chiaro.search.mining;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.chiaro.core.ChiaroException;
import io.chiaro.model.Embedder;
import io.chiaro.model.ModelDescription;
import io.chiaro.model.Prompts;
import io.chiaro.model.Reranker;
import io.chiaro.model.RerankerDescription;
import io.chiaro.model.TextRole;
import io.chiaro.search.mining.HardNegatives.Pair;
import io.chiaro.search.mining.Mined.Reason;
import io.chiaro.search.mining.MiningSettings.Sampling;
import io.chiaro.search.mining.MiningSettings.Scores;
import io.chiaro.testkit.Property;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.Set;
import org.junit.jupiter.api.Test;

class HardNegativesTest {

    private static final OptionalDouble NONE = OptionalDouble.empty();

    /** A text is an angle in degrees behind its last space: the cosine of two texts is that of their difference. */
    private static final Embedder ANGLES = new Embedder() {
        @Override
        public float[][] embed(List<String> texts, TextRole role) {
            float[][] vectors = new float[texts.size()][];
            for (int i = 0; i < vectors.length; i++) {
                double angle = angle(texts.get(i));
                vectors[i] = new float[] {(float) Math.cos(angle), (float) Math.sin(angle)};
            }
            return vectors;
        }

        @Override
        public ModelDescription description() {
            return new ModelDescription("angles", "abc", 2, 10, List.of(), true, Prompts.NONE);
        }

        @Override
        public void close() {}
    };

    private static double angle(String text) {
        return Math.toRadians(Double.parseDouble(text.substring(text.lastIndexOf(' ') + 1)));
    }

    private static Mined mined(List<Pair> pairs, List<String> corpus, MiningSettings settings) {
        return HardNegatives.of(pairs, corpus, HardNegatives.Models.of(ANGLES), settings, 1);
    }

    private static Scores absolute(double margin) {
        return new Scores(OptionalDouble.of(margin), NONE, NONE, NONE, 0);
    }

    private static Scores relative(double margin) {
        return new Scores(NONE, OptionalDouble.of(margin), NONE, NONE, 0);
    }

    private static Scores between(OptionalDouble lowest, OptionalDouble highest) {
        return new Scores(NONE, NONE, highest, lowest, 0);
    }

    private static List<String> negatives(Mined mined, int record) {
        return mined.records().get(record).negatives().stream()
                .map(Mined.Negative::text)
                .toList();
    }

    private static final List<Pair> ONE = List.of(new Pair("q 0", "a 10"));
    private static final List<String> TEXTS = List.of("b 5", "c 12", "d 20", "e 40", "f 90");

    @Test
    void the_nearest_texts_that_are_no_positives_are_negatives() {
        Mined mined = mined(ONE, TEXTS, MiningSettings.defaults());
        assertThat(negatives(mined, 0)).containsExactly("b 5", "c 12", "d 20");
        assertThat(mined.records().get(0).score()).isCloseTo(Math.cos(Math.toRadians(10)), within(1e-6));
        assertThat(mined.records().get(0).negatives().get(1).rank()).isEqualTo(2);
        assertThat(mined.refused()).containsEntry(Reason.POSITIVE, 1L);
        assertThat(mined.texts()).isEqualTo(6);
    }

    @Test
    void all_positives_of_an_anchor_are_none_of_its_negatives_nor_is_the_anchor_itself() {
        List<Pair> pairs = List.of(new Pair("q 0", "a 10"), new Pair("Q  0", "b 5"), new Pair("q 0", "a 10"));
        Mined mined = mined(
                pairs,
                List.of("q 0", "B 5", "c 12", "d 20"),
                MiningSettings.defaults().withNegatives(2));
        assertThat(mined.pairs()).isEqualTo(2);
        assertThat(mined.records())
                .hasSize(2)
                .allSatisfy(record -> assertThat(record.negatives())
                        .extracting(Mined.Negative::text)
                        .containsExactly("c 12", "d 20"));
    }

    @Test
    void a_range_passes_over_the_nearest_and_ends() {
        MiningSettings settings = MiningSettings.defaults().withNegatives(2).withRange(1, OptionalInt.of(3));
        Mined mined = mined(ONE, TEXTS, settings);
        assertThat(negatives(mined, 0)).containsExactly("c 12", "d 20");
        assertThat(mined.refused()).containsEntry(Reason.PASSED_OVER, 1L);
    }

    @Test
    void margins_keep_negatives_below_the_positive() {
        MiningSettings one = MiningSettings.defaults().withNegatives(1);
        double positive = Math.cos(Math.toRadians(10));
        double between = positive - (Math.cos(Math.toRadians(20)) + Math.cos(Math.toRadians(40))) / 2;
        assertThat(negatives(mined(ONE, TEXTS, one.withScores(absolute(0))), 0)).containsExactly("c 12");
        assertThat(negatives(mined(ONE, TEXTS, one.withScores(absolute(between))), 0))
                .containsExactly("e 40");
        Mined relative = mined(ONE, TEXTS, one.withScores(relative(between / positive)));
        assertThat(negatives(relative, 0)).containsExactly("e 40");
        assertThat(relative.refused()).containsEntry(Reason.RELATIVE_MARGIN, 3L);
    }

    @Test
    void a_relative_margin_of_a_positive_below_zero_still_lies_below_it() {
        Mined mined = mined(
                List.of(new Pair("q 0", "a 120")),
                List.of("b 100", "c 121", "d 150", "e 170"),
                MiningSettings.defaults().withNegatives(1).withScores(relative(0.1)));
        assertThat(negatives(mined, 0)).containsExactly("d 150");
    }

    @Test
    void scores_have_bounds() {
        MiningSettings one = MiningSettings.defaults().withNegatives(1);
        Mined high = mined(ONE, TEXTS, one.withScores(between(OptionalDouble.empty(), OptionalDouble.of(0.9))));
        assertThat(negatives(high, 0)).containsExactly("e 40");
        assertThat(high.refused()).containsEntry(Reason.HIGHEST, 3L);
        Mined low =
                mined(ONE, List.of("f 90"), one.withScores(between(OptionalDouble.of(0.5), OptionalDouble.empty())));
        assertThat(low.records()).isEmpty();
        assertThat(low.tooFew()).isEqualTo(1);
        assertThat(low.refused()).containsEntry(Reason.LOWEST, 1L);
    }

    @Test
    void a_guide_refuses_what_it_takes_for_an_answer() {
        // To the guide, b says what q says.
        Embedder guide = new Embedder() {
            @Override
            public float[][] embed(List<String> texts, TextRole role) {
                float[][] vectors = ANGLES.embed(texts, role);
                for (int i = 0; i < vectors.length; i++) {
                    boolean answer =
                            texts.get(i).startsWith("b") || texts.get(i).startsWith("q");
                    vectors[i] = answer ? new float[] {1, 0} : vectors[i];
                }
                return vectors;
            }

            @Override
            public ModelDescription description() {
                return ANGLES.description();
            }

            @Override
            public void close() {}
        };
        Mined mined = HardNegatives.of(
                ONE,
                TEXTS,
                new HardNegatives.Models(ANGLES, Optional.of(guide), Optional.empty()),
                MiningSettings.defaults().withNegatives(2),
                1);
        assertThat(negatives(mined, 0)).containsExactly("c 12", "d 20");
        assertThat(mined.refused()).containsEntry(Reason.GUIDE, 1L);
    }

    @Test
    void a_rescorer_s_scores_are_those_of_which_margins_and_records_speak() {
        // To the rescorer, b answers better than the positive, and all others far worse.
        Reranker rescorer = new Reranker() {
            @Override
            public float[] score(String query, List<String> texts) {
                float[] scores = new float[texts.size()];
                for (int i = 0; i < scores.length; i++) {
                    scores[i] = texts.get(i).startsWith("b")
                            ? 7
                            : texts.get(i).startsWith("a") ? 4 : -texts.get(i).charAt(0);
                }
                return scores;
            }

            @Override
            public RerankerDescription description() {
                return new RerankerDescription("letters", "abc", 10);
            }

            @Override
            public void close() {}
        };

        Mined mined = HardNegatives.of(
                ONE,
                TEXTS,
                new HardNegatives.Models(ANGLES, Optional.empty(), Optional.of(rescorer)),
                MiningSettings.defaults().withNegatives(2).withScores(absolute(1)),
                1);

        assertThat(negatives(mined, 0)).containsExactly("c 12", "d 20");
        assertThat(mined.refused()).containsEntry(Reason.ABSOLUTE_MARGIN, 1L);
        assertThat(mined.records().get(0).score()).isEqualTo(4);
        assertThat(mined.records().get(0).negatives().get(0).score()).isEqualTo(-'c');
    }

    @Test
    void mining_is_a_plain_search_without_tricks() {
        Property.check(30, random -> {
            List<Pair> pairs = new ArrayList<>();
            List<String> corpus = new ArrayList<>();
            for (int i = 0; i < 12; i++) {
                pairs.add(new Pair(
                        "q" + random.nextInt(5) + " " + random.nextInt(3) * 30, "a" + i + " " + random.nextInt(180)));
            }
            for (int i = 0; i < 40; i++) {
                corpus.add("t" + i + " " + random.nextInt(180));
            }
            int over = random.nextInt(3);
            int last = over + 2 + random.nextInt(6);
            double margin = random.nextDouble() * 0.3;
            MiningSettings settings = MiningSettings.defaults()
                    .withNegatives(2)
                    .withRange(over, OptionalInt.of(last))
                    .withScores(absolute(margin));
            Mined mined = mined(pairs, corpus, settings);
            Set<String> all = new HashSet<>(corpus);
            pairs.forEach(pair -> all.add(pair.positive()));
            for (Mined.Example record : mined.records()) {
                Set<String> own = new HashSet<>();
                pairs.stream()
                        .filter(pair -> pair.anchor().equals(record.anchor()))
                        .forEach(pair -> own.add(pair.positive()));
                List<Double> ranked = all.stream()
                        .filter(text -> !own.contains(text))
                        .map(text -> (double) (float) Math.cos(angle(text) - angle(record.anchor())))
                        .sorted(Comparator.reverseOrder())
                        .toList();
                List<Double> kept = ranked.subList(over, Math.min(last, ranked.size())).stream()
                        .filter(score -> score <= record.score() - margin + 1e-6)
                        .toList();
                for (int k = 0; k < 2; k++) {
                    assertThat(record.negatives().get(k).score()).isCloseTo(kept.get(k), within(1e-5));
                }
            }
        });
    }

    @Test
    void random_negatives_are_drawn_by_the_seed_and_stand_in_the_order_of_their_ranks() {
        List<String> corpus = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            corpus.add("t" + i + " " + (11 + i));
        }
        MiningSettings settings = MiningSettings.defaults().withSampling(Sampling.RANDOM, 7);
        Mined mined = mined(ONE, corpus, settings);
        assertThat(mined(ONE, corpus, settings)).isEqualTo(mined);
        assertThat(mined.records().get(0).negatives())
                .extracting(Mined.Negative::rank)
                .isSorted()
                .allMatch(rank -> rank <= 30);
        Set<List<String>> drawn = new HashSet<>();
        for (int seed = 0; seed < 10; seed++) {
            drawn.add(negatives(mined(ONE, corpus, settings.withSampling(Sampling.RANDOM, seed)), 0));
        }
        assertThat(drawn).hasSizeGreaterThan(5);
    }

    @Test
    void what_cannot_be_is_refused_in_words() {
        assertThatThrownBy(() -> mined(List.of(), TEXTS, MiningSettings.defaults()))
                .isInstanceOf(ChiaroException.class)
                .hasMessageContaining("at least one pair");
        assertThatThrownBy(() -> mined(List.of(new Pair("q 0", " ")), TEXTS, MiningSettings.defaults()))
                .isInstanceOf(ChiaroException.class)
                .hasMessageContaining("empty");
        assertThatThrownBy(() -> MiningSettings.defaults().withRange(5, OptionalInt.of(6)))
                .isInstanceOf(ChiaroException.class)
                .hasMessageContaining("8 ranks");
        assertThat(mined(ONE, List.of(), MiningSettings.defaults()).records()).isEmpty();
    }
}
