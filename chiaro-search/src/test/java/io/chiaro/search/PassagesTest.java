package io.chiaro.search;

import static org.assertj.core.api.Assertions.assertThat;

import io.chiaro.model.Document;
import io.chiaro.model.Prompts;
import io.chiaro.testkit.Property;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PassagesTest {

    private static final String TEXT = "The lark sings at dawn. Nobody hears the rain, <b>nobody</b>. At noon two larks"
            + " were singing to the sun! The end is quiet.";

    @TempDir
    Path folder;

    private TextIndex index;

    @BeforeEach
    void write() {
        Clouds model = new Clouds("abc", 8, Prompts.NONE);
        TextIndex.write(folder.resolve("index"), Stream.of(new Document("a", "", TEXT)), model);
        index = TextIndex.open(folder.resolve("index"));
    }

    @AfterEach
    void close() {
        index.close();
    }

    private static String joined(Passage passage) {
        return passage.pieces().stream().map(Passage.Piece::text).collect(Collectors.joining());
    }

    private static List<String> matches(Passage passage) {
        return passage.pieces().stream()
                .filter(Passage.Piece::match)
                .map(Passage.Piece::text)
                .toList();
    }

    @Test
    void sentences_with_words_of_the_query_in_any_form_come_in_the_order_of_the_text() {
        List<Passage> passages = index.passages("the larks' singing", TEXT, 5);
        assertThat(passages)
                .extracting(PassagesTest::joined)
                .map(String::strip)
                .containsExactly("The lark sings at dawn.", "At noon two larks were singing to the sun!");
        assertThat(passages)
                .map(PassagesTest::matches)
                .containsExactly(List.of("lark", "sings"), List.of("larks", "singing"));
        assertThat(index.passages("larks at noon", TEXT, 1))
                .extracting(PassagesTest::joined)
                .map(String::strip)
                .containsExactly("At noon two larks were singing to the sun!");
    }

    @Test
    void markup_of_the_text_stays_text_and_a_text_without_the_words_has_no_passage() {
        assertThat(index.passages("rain", TEXT, 3))
                .extracting(PassagesTest::joined)
                .first()
                .asString()
                .contains("<b>nobody</b>");
        assertThat(index.passages("the of snow", TEXT, 3)).isEmpty();
        assertThat(index.passages("snow", "", 3)).isEmpty();
    }

    @Test
    void pieces_of_any_text_are_parts_of_it_and_alternate() {
        List<String> words = List.of(
                "lark", "Larks", "rain", "\uD83D\uDE00", "na\u00efve", ".", "!", "\n", "wi-fi", "it's", "\u65E5\u672C");
        Property.check(200, random -> {
            List<String> text = new ArrayList<>();
            for (int i = random.nextInt(40); i > 0; i--) {
                text.add(words.get(random.nextInt(words.size())));
            }
            String whole = String.join(random.nextBoolean() ? " " : "", text);
            String query = words.get(random.nextInt(words.size())) + " lark";
            int from = 0;
            for (Passage passage : index.passages(query, whole, 3)) {
                assertThat(matches(passage)).isNotEmpty();
                assertThat(passage.pieces()).noneMatch(piece -> piece.text().isEmpty());
                int at = whole.indexOf(joined(passage), from);
                assertThat(at).isGreaterThanOrEqualTo(from);
                from = at + joined(passage).length();
            }
        });
    }

    @Test
    void a_text_without_an_end_of_a_sentence_is_cut_around_its_matches() {
        String far = "word ".repeat(4_000);
        String text = far + "a lark here, a lark there and larks " + far + "one lark " + far;
        List<Passage> passages = index.passages("lark", text, 3);
        assertThat(passages).hasSize(1);
        assertThat(matches(passages.get(0))).containsExactly("lark", "lark", "larks");
        String cut = joined(passages.get(0));
        assertThat(cut.length()).isBetween(400, 500);
        assertThat(text).contains(" " + cut);
        assertThat(cut).startsWith("word").endsWith("word");

        String unbroken = "\uD83D\uDE00".repeat(1_000);
        String joined =
                joined(index.passages("lark", unbroken + "lark" + unbroken, 1).get(0));
        assertThat(joined).contains("lark");
        assertThat(joined.length()).isBetween(400, 500);
        assertThat(joined.codePoints()).noneMatch(point -> Character.getType(point) == Character.SURROGATE);
    }

    @Test
    void a_text_is_looked_at_up_to_its_first_hundred_thousand_characters() {
        String text = "Words here. ".repeat(8_000) + "A lark. " + "Words here. ".repeat(1_000) + "The late larks.";
        assertThat(index.passages("lark", text, 3))
                .extracting(PassagesTest::joined)
                .map(String::strip)
                .containsExactly("A lark.");
    }
}
