package io.chiaro.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chiaro.model.Document;
import io.chiaro.model.Hit;
import io.chiaro.model.Prompts;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LanguageTest {

    private static final Clouds MODEL = new Clouds("abc", 8, Prompts.NONE);

    @TempDir
    Path folder;

    private static Stream<Document> german() {
        return Stream.of(
                new Document("coffee", "", "Kaffee und Café, die Grüße"),
                new Document("dog", "", "Der Hund läuft über die Straßen"),
                new Document("cats", "", "Die Katzen schlafen"));
    }

    private static List<String> found(TextIndex index, String query) {
        return index.searchWords(query, 5).stream().map(TextHit::id).toList();
    }

    @Test
    void words_are_compared_in_the_language_of_the_index_also_those_of_documents_that_come_later() {
        Path place = folder.resolve("german");
        TextIndex.write(place, german(), MODEL, IndexForm.defaults().with(Language.GERMAN));
        try (TextIndexWriter writer = TextIndexWriter.open(place)) {
            writer.add(Stream.of(new Document("birds", "", "Vögel fliegen über den Wäldern")), MODEL);
            writer.commit();
        }
        try (TextIndex index = TextIndex.open(place)) {
            assertThat(index.description().language()).isEqualTo(Language.GERMAN);
            assertThat(found(index, "die strasse")).containsExactly("dog");
            assertThat(found(index, "Katze")).containsExactly("cats");
            assertThat(found(index, "Wald und Vogel")).containsExactly("birds");
            assertThat(index.passages("strasse", "Der Hund. Die Straßen sind leer.", 1)
                            .toString())
                    .contains("Straßen");
        }
    }

    @Test
    void words_of_any_language_lose_their_accents_and_nothing_else() {
        Path place = folder.resolve("any");
        TextIndex.write(place, german(), MODEL, IndexForm.defaults().with(Language.ANY));
        try (TextIndex index = TextIndex.open(place)) {
            assertThat(found(index, "cafe")).containsExactly("coffee");
            assertThat(found(index, "strassen")).containsExactly("dog");
            assertThat(found(index, "die")).hasSize(3);
            assertThat(found(index, "strasse")).isEmpty();
        }
    }

    @Test
    void english_is_what_nobody_has_said_and_what_older_programs_wrote() {
        Path place = folder.resolve("english");
        TextIndex.write(place, german(), MODEL);
        try (TextIndex index = TextIndex.open(place)) {
            assertThat(index.description().language()).isEqualTo(Language.ENGLISH);
            assertThat(IndexMemory.of(index.description())).doesNotContainKey("language");
        }
    }

    @Test
    void a_baseline_has_words_of_its_language_too() {
        try (Bm25 words = Bm25.create(german(), Language.GERMAN)) {
            assertThat(words.rank("strasse", 5)).extracting(Hit::id).containsExactly("dog");
            assertThat(words.description()).contains("German analyser");
        }
    }

    @Test
    void every_language_has_an_analyser_and_an_unknown_one_is_refused() {
        for (Language language : Language.values()) {
            assertThat(Language.of("--language", language.key())).isEqualTo(language);
            assertThat(language.analyzer()).isSameAs(language.analyzer());
        }
        assertThatThrownBy(() -> Language.of("--language", "germann")).hasMessageContaining("german");
    }
}
