package io.chiaro.search.mining;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.chiaro.core.RandomStream;
import io.chiaro.model.Document;
import io.chiaro.search.mining.PseudoQueries.Method;
import io.chiaro.testkit.Property;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class PseudoQueriesTest {

    private static final Document LARKS = new Document(
            "larks",
            "Larks",
            "Larks sing while they fly. They nest on the ground! A nest holds four eggs. Who has seen one in May?");
    private static final Document CATS =
            new Document("cats", "", "Cats purr when they rest. They sleep on the chair. A cat that purrs is content.");
    private static final Document SHORT = new Document("short", "", "Too few words.");

    private static List<HardNegatives.Pair> pairs(Method method, int each, long seed, Document... documents) {
        List<HardNegatives.Pair> pairs = new ArrayList<>();
        new PseudoQueries(method, each, seed).of(() -> Stream.of(documents), pairs::add);
        return pairs;
    }

    @Test
    void cropsAreSpansOfTheirDocumentOfAtMostHalfOfIt() {
        Property.check(50, random -> {
            List<HardNegatives.Pair> pairs = pairs(Method.CROPS, 2, random.nextLong(), LARKS, CATS);
            assertThat(pairs).isNotEmpty();
            for (HardNegatives.Pair pair : pairs) {
                for (String span : List.of(pair.anchor(), pair.positive())) {
                    assertThat(Stream.of(LARKS, CATS).map(Document::content)).anyMatch(text -> text.contains(span));
                    assertThat(span.split(" ")).hasSizeLessThanOrEqualTo(11);
                }
                assertThat(pair.anchor()).isNotEqualTo(pair.positive());
            }
        });
    }

    @Test
    void aSentenceAsksForItsTextAndStaysInItOneTimeInTen() {
        int stays = 0;
        int all = 0;
        for (int seed = 0; seed < 400; seed++) {
            for (HardNegatives.Pair pair : pairs(Method.INVERSE_CLOZE, 1, seed, LARKS)) {
                assertThat(TextParts.sentences(LARKS.text())).contains(pair.anchor());
                assertThat(pair.positive()).startsWith("Larks ");
                all++;
                stays += pair.positive().contains(pair.anchor()) ? 1 : 0;
            }
        }
        assertThat(all).isEqualTo(400);
        assertThat(stays / 400.0).isCloseTo(0.1, within(0.05));
    }

    @Test
    void aSentenceIsAnsweredByOneOfTheThreeBehindIt() {
        List<String> sentences = TextParts.sentences(LARKS.text());
        assertThat(sentences).hasSize(4);
        Property.check(50, random -> {
            for (HardNegatives.Pair pair : pairs(Method.NEXT_SENTENCE, 3, random.nextLong(), LARKS)) {
                assertThat(sentences.indexOf(pair.positive()) - sentences.indexOf(pair.anchor()))
                        .isBetween(1, 3);
            }
        });
    }

    @Test
    void wordsWeighWhatTheyAddToTheDivergenceFromTheCollection() {
        Document one = new Document("1", "", "alpha alpha beta");
        Document two = new Document("2", "", "beta gamma gamma");
        RepresentativeWords words = RepresentativeWords.of(() -> Stream.of(one, two));
        Map<String, Double> weights = words.weights(one.content());
        // alpha: 2/3 here, 2/6 in all; beta: 1/3 here and in all.
        assertThat(weights).containsOnlyKeys("alpha");
        assertThat(weights.get("alpha")).isCloseTo(2 / 3.0 * Math.log(2), within(1e-12));
        assertThat(words.of(one.content(), RandomStream.of(1, "test"))).contains("alpha");
        assertThat(words.of("beta", RandomStream.of(1, "test"))).contains("beta");
    }

    @Test
    void aTitleAsksForItsTextOnce() {
        assertThat(pairs(Method.TITLE, 3, 1, LARKS, CATS))
                .containsExactly(new HardNegatives.Pair("Larks", LARKS.text()));
    }

    @Test
    void no_side_has_fewer_than_four_words() {
        Document terse = new Document(
                "terse",
                "",
                "Yes. It rains in the hills. No! Rivers rise within a day. Why? Nobody has measured it yet.");
        Property.check(50, random -> {
            for (Method method : List.of(Method.CROPS, Method.NEXT_SENTENCE, Method.INVERSE_CLOZE)) {
                List<HardNegatives.Pair> made = pairs(method, 2, random.nextLong(), terse);
                assertThat(made).isNotEmpty().allSatisfy(pair -> {
                    assertThat(pair.anchor().split(" ")).hasSizeGreaterThanOrEqualTo(4);
                    assertThat(pair.positive().split(" ")).hasSizeGreaterThanOrEqualTo(4);
                });
            }
        });
    }

    @Test
    void a_sentence_does_not_end_behind_an_abbreviation_or_an_initial() {
        assertThat(
                        TextParts.sentences(
                                "Yesterday in the town he met Dr. Smith and Mr. J. R. Brown. They spoke of St. Mary and of I. Then he left."))
                .containsExactly(
                        "Yesterday in the town he met Dr. Smith and Mr. J. R. Brown.",
                        "They spoke of St. Mary and of I.",
                        "Then he left.");
        assertThat(TextParts.sentences("He is a Dr.")).containsExactly("He is a Dr.");
        assertThat(TextParts.sentences(" ")).isEmpty();
    }

    @Test
    void a_text_without_blanks_is_cropped_at_its_words() {
        Document japanese = new Document("ja", "", "ひばりは夜明けに野原の上で歌います。弁は液体の流れを調整する部品です。猫は満足するとのどを鳴らします。");
        List<HardNegatives.Pair> made = pairs(Method.CROPS, 2, 3, japanese);
        assertThat(made)
                .isNotEmpty()
                .allSatisfy(pair ->
                        assertThat(japanese.text()).contains(pair.anchor()).contains(pair.positive()));
        assertThat(TextParts.words("東京で、two words")).hasSizeBetween(3, 5);
    }

    @Test
    void documentsThatGiveNothingAreCounted() {
        List<HardNegatives.Pair> pairs = new ArrayList<>();
        PseudoQueries.Made made =
                new PseudoQueries(Method.CROPS, 2, 7).of(() -> Stream.of(LARKS, SHORT, CATS), pairs::add);
        assertThat(made).isEqualTo(new PseudoQueries.Made(3, pairs.size(), 1));
    }

    @Test
    void theSameSeedGivesTheSamePairsInWhateverCompany() {
        for (Method method : List.of(Method.CROPS, Method.INVERSE_CLOZE, Method.NEXT_SENTENCE)) {
            List<HardNegatives.Pair> alone = pairs(method, 2, 42, CATS);
            assertThat(pairs(method, 2, 42, LARKS, CATS)).endsWith(alone.toArray(HardNegatives.Pair[]::new));
            assertThat(pairs(method, 2, 43, CATS)).isNotEqualTo(alone);
        }
    }
}
