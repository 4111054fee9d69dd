package io.chiaro.cli.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Over the real WordNet 3.1 of the artifact. */
class ReverseDictionaryTest {

    private static Lexicon lexicon = new Lexicon(List.of(), Map.of());
    private static ReverseDictionary dictionary = ReverseDictionary.of(lexicon, 1, 1);

    @BeforeAll
    static void load() {
        lexicon = Lexicon.load();
        dictionary = ReverseDictionary.of(lexicon, 2_000, 42);
    }

    @Test
    void wordnet_is_read_whole() {
        assertThat(lexicon.meanings()).hasSize(117_791);
        Lexicon.Meaning lottery = lexicon.meanings().stream()
                .filter(meaning -> meaning.lemmas().equals(List.of("lottery", "drawing")))
                .findFirst()
                .orElseThrow();
        assertThat(lottery.definition())
                .isEqualTo("players buy (or are given) chances and prizes are distributed by casting lots");
        assertThat(lottery.broader()).isNotEmpty();
        assertThat(lexicon.irregularForms().get("run")).contains("ran");
    }

    @Test
    void a_smaller_lexicon_has_some_of_the_meanings_in_their_order_and_the_same_seed_the_same() {
        Lexicon some = lexicon.sample(1_000, 7);

        assertThat(some.meanings())
                .hasSize(1_000)
                .isSubsetOf(lexicon.meanings())
                .isSortedAccordingTo(Comparator.comparing(Lexicon.Meaning::id));
        assertThat(lexicon.sample(1_000, 7)).isEqualTo(some).isNotEqualTo(lexicon.sample(1_000, 8));
        assertThat(lexicon.sample(200_000, 7)).isSameAs(lexicon);
        assertThat(ReverseDictionary.of(some, 100, 7).questions()).hasSize(100);
    }

    @Test
    void training_and_test_share_no_meaning_no_lemma_and_no_definition() {
        Set<String> meanings = new HashSet<>();
        Set<String> lemmas = new HashSet<>();
        Set<String> definitions = new HashSet<>();
        dictionary.pairs().forEach(pair -> {
            meanings.add(pair.meaning());
            lemmas.add(pair.lemma());
            definitions.add(pair.definition().toLowerCase(Locale.ROOT));
        });

        assertThat(dictionary.questions())
                .hasSize(2_000)
                .noneMatch(question -> meanings.contains(question.id()))
                .noneMatch(question -> question.lemmas().stream().anyMatch(lemmas::contains))
                .noneMatch(
                        question -> definitions.contains(question.definition().toLowerCase(Locale.ROOT)));
    }

    @Test
    void no_definition_shows_its_own_lemma() {
        dictionary.pairs().forEach(pair -> assertHidden(pair.definition(), pair.lemma()));
        dictionary
                .questions()
                .forEach(question -> question.lemmas().forEach(lemma -> assertHidden(question.definition(), lemma)));
    }

    private static void assertHidden(String definition, String lemma) {
        for (String word : definition.toLowerCase(Locale.ROOT).split("[^\\p{L}\\p{N}]+")) {
            boolean inside = lemma.length() >= 4 && word.contains(lemma);
            assertThat(inside || word.equals(lemma))
                    .as("%s: %s", lemma, definition)
                    .isFalse();
        }
    }

    @Test
    void every_answer_is_in_the_collection_and_the_collection_has_no_duplicate() {
        Set<String> collection = new HashSet<>();
        dictionary
                .entries()
                .forEach(entry -> assertThat(collection.add(entry.lemma())).isTrue());

        assertThat(collection).hasSize(147_478);
        assertThat(dictionary.questions()).allMatch(question -> collection.containsAll(question.lemmas()));
        assertThat(dictionary.pairs()).allMatch(pair -> collection.contains(pair.lemma()));
    }

    @Test
    void no_test_definition_stands_in_the_text_that_bm25_sees() {
        Map<String, String> definitions = new HashMap<>();
        lexicon.meanings().forEach(meaning -> definitions.put(meaning.id(), meaning.definition()));
        Map<String, String> texts = new HashMap<>();
        dictionary.entries().forEach(entry -> texts.put(entry.lemma(), entry.lexicalText()));

        dictionary
                .questions()
                .forEach(question -> question.lemmas()
                        .forEach(lemma -> assertThat(texts.get(lemma)).doesNotContain(definitions.get(question.id()))));
        assertThat(texts.get("lottery")).contains("drawing").contains("game of chance");
    }

    @Test
    void the_counts_are_those_of_the_lists() {
        ReverseDictionary.Counts counts = dictionary.counts();

        assertThat(counts.pairs()).isEqualTo(dictionary.pairs().size()).isGreaterThan(150_000);
        assertThat(counts.questions()).isEqualTo(2_000);
        assertThat(counts.lemmas()).isEqualTo(dictionary.entries().size());
        assertThat(counts.crossingPairs()).isPositive();
        assertThat(counts.questionPairs()).isGreaterThanOrEqualTo(2_000);
        assertThat(counts.lines()).hasSize(5);
    }

    @Test
    void a_dictionary_repeats_by_its_seed() {
        assertThat(ReverseDictionary.of(lexicon, 2_000, 42).equals(dictionary)).isTrue();
        assertThat(ReverseDictionary.of(lexicon, 2_000, 43).questions()).isNotEqualTo(dictionary.questions());
    }

    @Test
    void the_files_hold_what_the_lists_hold(@TempDir Path folder) throws IOException {
        ReverseDictionary small = ReverseDictionary.of(lexicon, 10, 42);

        small.write(folder);

        assertThat(Files.readAllLines(folder.resolve("train.jsonl")))
                .hasSize(small.pairs().size());
        assertThat(Files.readAllLines(folder.resolve("test/corpus.jsonl")))
                .hasSize(small.entries().size())
                .contains("{\"_id\":\"lottery\",\"text\":\"lottery\"}");
        assertThat(Files.readAllLines(folder.resolve("test-bm25/queries.jsonl")))
                .hasSize(10);
        assertThat(Files.readAllLines(folder.resolve("test/qrels/test.tsv")))
                .hasSize(1
                        + small.questions().stream()
                                .mapToInt(question -> question.lemmas().size())
                                .sum());
    }
}
