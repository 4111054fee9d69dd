package io.chiaro.search.mining;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;
import static org.assertj.core.api.Assertions.within;

import io.chiaro.core.ChiaroException;
import io.chiaro.model.Document;
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
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.ToDoubleFunction;
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
        return among(pairs, documents(corpus), settings);
    }

    private static Mined among(List<Pair> pairs, List<Document> corpus, MiningSettings settings) {
        return HardNegatives.of(pairs, corpus, HardNegatives.Models.of(ANGLES), settings, 1);
    }

    private static List<Document> documents(List<String> texts) {
        return texts.stream().map(text -> new Document("", "", text)).toList();
    }

    private static Embedder judging(BiFunction<List<String>, TextRole, float[][]> embedding) {
        return new Embedder() {
            @Override
            public float[][] embed(List<String> texts, TextRole role) {
                return embedding.apply(texts, role);
            }

            @Override
            public ModelDescription description() {
                return ANGLES.description();
            }

            @Override
            public void close() {}
        };
    }

    private static Reranker reranker(ToDoubleFunction<String> scoring) {
        return new Reranker() {
            @Override
            public float[] score(String query, List<String> texts) {
                float[] scores = new float[texts.size()];
                for (int i = 0; i < scores.length; i++) {
                    scores[i] = (float) scoring.applyAsDouble(texts.get(i));
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
        assertThat(mined.counts().texts()).isEqualTo(6);
    }

    @Test
    void all_positives_of_an_anchor_are_none_of_its_negatives_nor_is_the_anchor_itself() {
        List<Pair> pairs = List.of(new Pair("q 0", "a 10"), new Pair("Q  0", "b 5"), new Pair("q 0", "a 10"));
        Mined mined = mined(
                pairs,
                List.of("q 0", "B 5", "c 12", "d 20"),
                MiningSettings.defaults().withNegatives(2));
        assertThat(mined.counts().pairs()).isEqualTo(2);
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
        assertThat(low.counts().tooFew()).isEqualTo(1);
        assertThat(low.refused()).containsEntry(Reason.LOWEST, 1L);
    }

    @Test
    void a_guide_refuses_what_it_takes_for_an_answer() {
        // To the guide, b says what q says.
        Embedder guide = judging((texts, role) -> {
            float[][] vectors = ANGLES.embed(texts, role);
            for (int i = 0; i < vectors.length; i++) {
                boolean answer = texts.get(i).startsWith("b") || texts.get(i).startsWith("q");
                vectors[i] = answer ? new float[] {1, 0} : vectors[i];
            }
            return vectors;
        });
        Mined mined = HardNegatives.of(
                ONE,
                documents(TEXTS),
                new HardNegatives.Models(ANGLES, Optional.of(guide), Optional.empty()),
                MiningSettings.defaults().withNegatives(2),
                1);
        assertThat(negatives(mined, 0)).containsExactly("c 12", "d 20");
        assertThat(mined.refused()).containsEntry(Reason.GUIDE, 1L);
    }

    @Test
    void a_rescorer_s_scores_are_those_of_which_margins_and_records_speak() {
        // To the rescorer, b answers better than the positive, and all others far worse.
        Reranker rescorer = reranker(text -> text.startsWith("b") ? 7 : text.startsWith("a") ? 4 : -text.charAt(0));

        Mined mined = HardNegatives.of(
                ONE,
                documents(TEXTS),
                new HardNegatives.Models(ANGLES, Optional.empty(), Optional.of(rescorer)),
                MiningSettings.defaults().withNegatives(2).withScores(absolute(1)),
                1);

        assertThat(negatives(mined, 0)).containsExactly("c 12", "d 20");
        assertThat(mined.refused()).containsEntry(Reason.ABSOLUTE_MARGIN, 1L);
        assertThat(mined.records().get(0).score()).isEqualTo(4);
        assertThat(mined.records().get(0).negatives().get(0).score()).isEqualTo(-'c');
    }

    @Test
    void a_document_whose_text_or_title_alone_is_a_positive_is_none_of_the_negatives() {
        List<Document> corpus = List.of(
                new Document("1", "An article", "a 10"),
                new Document("2", "q 0", "on the question 11"),
                new Document("3", "A 10", "of that title 12"),
                new Document("4", "Another article", "d 20"));

        Mined mined = among(ONE, corpus, MiningSettings.defaults().withNegatives(1));

        assertThat(negatives(mined, 0)).containsExactly("Another article d 20");
        assertThat(mined.refused()).containsEntry(Reason.POSITIVE, 4L);
    }

    @Test
    void a_candidate_that_contains_the_positive_word_for_word_is_left_out_and_counted() {
        List<Pair> pairs = List.of(new Pair("q 0", "larks sing at dawn over the fields 10"));
        List<String> corpus = List.of(
                "It is said: Larks  sing at dawn over the fields 10, and more 11",
                "skylarks sing at dawn over the fields 10, and more 12",
                "q 0 13");

        Mined mined = mined(pairs, corpus, MiningSettings.defaults().withNegatives(2));

        assertThat(negatives(mined, 0))
                .as("neither within a word nor where a short anchor stands in it")
                .containsExactly("skylarks sing at dawn over the fields 10, and more 12", "q 0 13");
        assertThat(mined.refused()).containsEntry(Reason.CONTAINS, 1L);
    }

    @Test
    void what_is_written_is_what_was_read() {
        String code = "def f(x):\n    return x[0] 10";
        List<Pair> pairs = List.of(
                new Pair("Q 0", code), new Pair("q 0", "Foo 5"), new Pair("q 0", "foo 5"), new Pair("q 0", "Foo 5"));
        List<String> corpus = List.of("DEF F(X): RETURN X[0] 10", "Bar 20", "bar 20", "Baz 30");

        Mined mined = mined(pairs, corpus, MiningSettings.defaults().withNegatives(2));

        assertThat(mined.records())
                .extracting(Mined.Example::pair, Mined.Example::anchor, Mined.Example::positive)
                .containsExactly(tuple(0, "Q 0", code), tuple(1, "q 0", "Foo 5"), tuple(2, "q 0", "foo 5"));
        assertThat(mined.counts().merged()).isEqualTo(1);
        assertThat(mined.records())
                .allSatisfy(record -> assertThat(record.negatives())
                        .extracting(negative -> negative.text().toLowerCase(Locale.ROOT))
                        .containsExactly("bar 20", "baz 30"));
        assertThat(mined.refused()).containsEntry(Reason.REPEATED, 3L);
    }

    @Test
    void how_many_positives_the_corpus_has_is_counted() {
        List<Pair> pairs = List.of(new Pair("q 0", "a 10"), new Pair("r 50", "b 60"), new Pair("s 90", "B 60"));
        Mined mined = among(
                pairs,
                List.of(new Document("1", "Title", "A  10"), new Document("2", "", "c 30")),
                MiningSettings.defaults().withNegatives(1));
        assertThat(mined.counts().positives()).isEqualTo(2);
        assertThat(mined.counts().inCorpus()).isEqualTo(1);
    }

    @Test
    void a_text_above_the_weaker_of_two_positives_is_no_negative_of_the_stronger() {
        List<Pair> pairs = List.of(new Pair("q 0", "a 10"), new Pair("q 0", "b 50"));
        Mined mined = mined(
                pairs,
                List.of("c 30", "d 60"),
                MiningSettings.defaults().withNegatives(1).withScores(absolute(0)));
        assertThat(negatives(mined, 0)).containsExactly("d 60");
        assertThat(negatives(mined, 1)).containsExactly("d 60");
        assertThat(mined.refused()).containsEntry(Reason.ABSOLUTE_MARGIN, 2L);
    }

    @Test
    void a_rescorer_chooses_among_more_than_it_keeps_and_its_best_come_first() {
        // It likes what the model finds far away.
        Reranker contrary = reranker(text -> Float.parseFloat(text.substring(2)));
        Mined mined = HardNegatives.of(
                ONE,
                documents(TEXTS),
                new HardNegatives.Models(ANGLES, Optional.empty(), Optional.of(contrary)),
                MiningSettings.defaults().withNegatives(2),
                1);
        assertThat(negatives(mined, 0)).containsExactly("f 90", "e 40");
        assertThat(mined.records().get(0).negatives())
                .extracting(Mined.Negative::rank)
                .containsExactly(5, 4);
    }

    @Test
    void a_pair_with_fewer_negatives_is_kept_where_fewer_will_do() {
        MiningSettings settings =
                MiningSettings.defaults().withNegatives(4).withFewest(1).withScores(absolute(0.05));
        assertThat(negatives(mined(ONE, TEXTS, settings), 0)).containsExactly("e 40", "f 90");
        assertThat(mined(ONE, TEXTS, settings.withFewest(3)).records()).isEmpty();
        assertThatThrownBy(() -> settings.withFewest(5))
                .isInstanceOf(ChiaroException.class)
                .hasMessageContaining("from 1 to 4");
    }

    @Test
    void a_guide_embeds_each_text_once() {
        List<Pair> pairs = new ArrayList<>();
        for (int i = 0; i < 600; i++) {
            pairs.add(new Pair("q" + i + " " + i, "a" + i + " " + (i + 1)));
        }
        Map<String, Integer> times = new HashMap<>();
        Embedder guide = judging((texts, role) -> {
            texts.forEach(text -> times.merge(role + text, 1, Integer::sum));
            return ANGLES.embed(texts, role);
        });

        HardNegatives.of(
                pairs,
                documents(TEXTS),
                new HardNegatives.Models(ANGLES, Optional.of(guide), Optional.empty()),
                MiningSettings.defaults(),
                1);

        assertThat(times)
                .hasSize(1205)
                .allSatisfy((text, count) -> assertThat(count).isEqualTo(1));
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
            Set<String> all = new HashSet<>(corpus);
            pairs.forEach(pair -> all.add(pair.positive()));
            List<Integer> expected = new ArrayList<>();
            List<List<Double>> scores = new ArrayList<>();
            for (int i = 0; i < pairs.size(); i++) {
                Pair pair = pairs.get(i);
                Set<String> own = new HashSet<>();
                pairs.stream()
                        .filter(other -> other.anchor().equals(pair.anchor()))
                        .forEach(other -> own.add(other.positive()));
                double reference = reference(pair, own);
                List<Double> kept = all.stream()
                        .filter(text -> !own.contains(text))
                        .map(text -> cosine(text, pair.anchor()))
                        .sorted(Comparator.reverseOrder())
                        .skip(over)
                        .limit(last - over)
                        .filter(score -> score <= reference - margin)
                        .toList();
                if (kept.size() >= 2) {
                    expected.add(i);
                    scores.add(kept.subList(0, 2));
                }
            }

            Mined mined = mined(pairs, corpus, settings);

            assertThat(mined.records()).extracting(Mined.Example::pair).isEqualTo(expected);
            assertThat(mined.counts().tooFew()).isEqualTo(pairs.size() - expected.size());
            for (int i = 0; i < expected.size(); i++) {
                for (int k = 0; k < 2; k++) {
                    assertThat(mined.records().get(i).negatives().get(k).score())
                            .isCloseTo(scores.get(i).get(k), within(1e-5));
                }
            }
        });
    }

    private static double reference(Pair pair, Set<String> positives) {
        return positives.stream()
                .mapToDouble(positive -> cosine(positive, pair.anchor()))
                .min()
                .orElseThrow();
    }

    private static double cosine(String text, String other) {
        return Math.cos(angle(text) - angle(other));
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
