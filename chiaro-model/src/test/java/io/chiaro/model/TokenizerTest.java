package io.chiaro.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chiaro.core.ChiaroException;
import io.chiaro.core.Json;
import io.chiaro.core.JsonObject;
import io.chiaro.testkit.Property;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

class TokenizerTest {

    private static final Tokenizer tokenizer = miniLm();

    static Tokenizer miniLm() {
        try (InputStream in =
                Objects.requireNonNull(TokenizerTest.class.getResourceAsStream("/all-minilm-l6-v2-tokenizer.json"))) {
            return Tokenizer.of(in.readAllBytes());
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @AfterAll
    static void close() {
        tokenizer.close();
    }

    @Test
    void the_ids_of_two_hundred_hard_texts_are_those_of_the_python_tokenizers() throws IOException {
        List<String> lines;
        try (InputStream in = Objects.requireNonNull(getClass().getResourceAsStream("minilm-ids.jsonl"))) {
            lines = new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .toList();
        }
        assertThat(lines).hasSizeGreaterThan(200);
        for (String line : lines) {
            JsonObject expected = Json.parse("minilm-ids.jsonl", line);
            int[] ids =
                    expected.integers("ids").stream().mapToInt(Long::intValue).toArray();

            assertThat(tokenizer.encode(expected.string("text"), 100_000))
                    .as(expected.string("text"))
                    .isEqualTo(ids);
        }
    }

    @Test
    void pairs_are_framed_typed_and_cut_as_by_the_python_tokenizers() throws IOException {
        List<String> lines;
        try (InputStream in = Objects.requireNonNull(getClass().getResourceAsStream("minilm-pairs.jsonl"))) {
            lines = new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .toList();
        }
        assertThat(lines).hasSizeGreaterThan(200);
        for (String line : lines) {
            JsonObject expected = Json.parse("minilm-pairs.jsonl", line);

            PairTokens pair = tokenizer.encodePair(
                    expected.string("first"), expected.string("second"), expected.integer("limit"));

            assertThat(Arrays.stream(pair.ids()).mapToObj(id -> (long) id))
                    .as(line)
                    .containsExactlyElementsOf(expected.integers("ids"));
            List<Long> types = expected.integers("types");
            for (int t = 0; t < pair.length(); t++) {
                assertThat(t >= pair.secondFrom()).as(line).isEqualTo(types.get(t) == 1);
            }
        }
    }

    @Test
    void a_pair_without_room_for_a_token_of_each_text_is_refused() {
        assertThatThrownBy(() -> tokenizer.encodePair("a", "b", 4)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void the_truncation_of_the_file_is_not_the_limit_and_its_padding_is_not_added() {
        String text = "word ".repeat(300);

        assertThat(tokenizer.encode("word", 512)).containsExactly(101, 2773, 102);
        assertThat(tokenizer.encode(text, 512)).hasSize(302);
        assertThat(tokenizer.encode(text, 256))
                .hasSize(256)
                .startsWith(101, 2773)
                .endsWith(2773, 102);
        assertThat(tokenizer.encode(text, 3)).containsExactly(101, 2773, 102);
        assertThatThrownBy(() -> tokenizer.encode(text, 2)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void tokens_know_the_part_of_the_text_that_they_stand_for_in_characters() {
        String text = "😀 Naïve teas\ud800";

        List<Token> tokens = tokenizer.tokens(text, true);

        assertThat(tokens.stream().mapToInt(Token::id).toArray()).isEqualTo(tokenizer.encode(text, 100));
        assertThat(tokens.get(0)).isEqualTo(new Token(101, "[CLS]", true, 0, 0));
        assertThat(tokens.get(1)).isEqualTo(new Token(100, "[UNK]", false, 0, 1));
        assertThat(tokens.get(2)).isEqualTo(new Token(15743, "naive", false, 2, 7));
        assertThat(tokens.get(3).start()).isEqualTo(8);
        assertThat(tokenizer.tokens(text, false))
                .isEqualTo(tokens.stream().filter(token -> !token.special()).toList());
    }

    @Test
    void ids_are_framed_as_texts_are() {
        int[] whole = tokenizer.encode("a cup of tea", 100);

        assertThat(tokenizer.frame(Arrays.copyOfRange(whole, 1, whole.length - 1)))
                .isEqualTo(whole);
        assertThat(tokenizer.frame(new int[0])).containsExactly(101, 102);
    }

    @Test
    void special_tokens_are_found_by_name() {
        assertThat(tokenizer.padId()).isEqualTo(0);
        assertThat(tokenizer.unknownId()).isEqualTo(100);
        assertThat(tokenizer.clsId()).isEqualTo(101);
        assertThat(tokenizer.sepId()).isEqualTo(102);
        assertThat(tokenizer.maskId()).isEqualTo(103);
        assertThat(tokenizer.vocabularySize()).isEqualTo(30522);
        assertThat(tokenizer.specialTokens()).isEqualTo(2);
        assertThat(tokenizer.hash()).hasSize(64);
    }

    @Test
    void leading_tokens_stand_before_every_text_and_leave_it_less_room() {
        try (Tokenizer longer = tokenizer.withLeadingTokens(3);
                Tokenizer longest = longer.withLeadingTokens(1)) {
            assertThat(longer.vocabularySize()).isEqualTo(30525);
            assertThat(longer.specialTokens()).isEqualTo(5);
            assertThat(longer.encode("word", 512)).containsExactly(101, 30522, 30523, 30524, 2773, 102);
            assertThat(longer.encode("word ".repeat(300), 6)).containsExactly(101, 30522, 30523, 30524, 2773, 102);
            assertThat(longest.encode("word", 512)).containsExactly(101, 30525, 30522, 30523, 30524, 2773, 102);
            assertThat(longer.frames(30524)).isTrue();
            assertThat(longer.frames(102)).isTrue();
            assertThat(longer.frames(2773)).isFalse();
            assertThat(tokenizer.frames(30524)).isFalse();
            assertThat(longer.hash()).isNotEqualTo(tokenizer.hash());
            // The same to the byte each time, or a run would not find its store again.
            try (Tokenizer again = tokenizer.withLeadingTokens(3)) {
                assertThat(again.hash()).isEqualTo(longer.hash());
            }
        }
    }

    @Test
    void leading_tokens_stand_once_before_a_text_that_holds_them_by_name() {
        try (Tokenizer longer = tokenizer.withLeadingTokens(2);
                Tokenizer longest = longer.withLeadingTokens(1)) {
            assertThat(longer.encode("[PROMPT_30522] [PROMPT_30523] two words", 512))
                    .containsExactly(longer.encode("two words", 512));
            assertThat(longest.encode("[PROMPT_30524] two [PROMPT_30522]words", 512))
                    .containsExactly(longest.encode("two words", 512));
        }
    }

    @Test
    void leading_tokens_change_nothing_else() throws IOException {
        try (InputStream in = Objects.requireNonNull(getClass().getResourceAsStream("minilm-ids.jsonl"));
                Tokenizer longer = tokenizer.withLeadingTokens(2)) {
            for (String line : new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .toList()) {
                String text = Json.parse("minilm-ids.jsonl", line).string("text");
                int[] plain = tokenizer.encode(text, 100_000);
                int[] found = longer.encode(text, 100_000);

                assertThat(Arrays.copyOf(found, 3)).containsExactly(101, 30522, 30523);
                assertThat(Arrays.copyOfRange(found, 3, found.length))
                        .as(text)
                        .isEqualTo(Arrays.copyOfRange(plain, 1, plain.length));
            }
        }
    }

    @Test
    void leading_tokens_go_into_the_frame_of_a_bert_processing_and_into_no_other() {
        String file = """
                {"added_tokens": [],
                 "pre_tokenizer": {"type": "BertPreTokenizer"},
                 "post_processor": %s,
                 "model": {"type": "WordPiece", "unk_token": "[UNK]", "continuing_subword_prefix": "##",
                           "max_input_chars_per_word": 100,
                           "vocab": {"[UNK]": 0, "[CLS]": 1, "[SEP]": 2, "a": 3, "b": 4}}}
                """;
        String bert = "{\"type\": \"BertProcessing\", \"sep\": [\"[SEP]\", 2], \"cls\": [\"[CLS]\", 1]}";
        try (Tokenizer plain = Tokenizer.of(file.formatted(bert).getBytes(StandardCharsets.UTF_8));
                Tokenizer longer = plain.withLeadingTokens(2)) {
            assertThat(plain.encode("a b", 9)).containsExactly(1, 3, 4, 2);
            assertThat(longer.encode("a b", 9)).containsExactly(1, 5, 6, 3, 4, 2);
        }
        try (Tokenizer bare = Tokenizer.of(file.formatted("null").getBytes(StandardCharsets.UTF_8))) {
            assertThatThrownBy(() -> bare.withLeadingTokens(2))
                    .isInstanceOf(ChiaroException.class)
                    .hasMessageContaining("expected a post_processor of type TemplateProcessing");
        }
    }

    @Test
    void leading_tokens_go_behind_the_pieces_of_a_unigram_vocabulary() {
        String file = """
                {"added_tokens": [%s],
                 "pre_tokenizer": {"type": "Metaspace", "replacement": "_", "add_prefix_space": true},
                 "post_processor": {"type": "TemplateProcessing",
                     "single": [{"SpecialToken": {"id": "<s>", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}},
                                {"SpecialToken": {"id": "</s>", "type_id": 0}}],
                     "pair": [{"SpecialToken": {"id": "<s>", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}},
                              {"Sequence": {"id": "B", "type_id": 0}}],
                     "special_tokens": {"<s>": {"id": "<s>", "ids": [1], "tokens": ["<s>"]},
                                        "</s>": {"id": "</s>", "ids": [2], "tokens": ["</s>"]}}},
                 "model": {"type": "Unigram", "unk_id": 0,
                           "vocab": [["<unk>", 0.0], ["<s>", 0.0], ["</s>", 0.0], ["_a", -1.5], ["_b", -2.0]]}}
                """;
        try (Tokenizer plain = Tokenizer.of(file.formatted("").getBytes(StandardCharsets.UTF_8));
                Tokenizer longer = plain.withLeadingTokens(2)) {
            assertThat(plain.encode("a b", 9)).containsExactly(1, 3, 4, 2);
            assertThat(longer.encode("a b", 9)).containsExactly(1, 5, 6, 3, 4, 2);
            assertThat(longer.vocabularySize()).isEqualTo(7);
        }
        String added = "{\"id\": 5, \"content\": \"<x>\", \"single_word\": false, \"lstrip\": false, \"rstrip\": false,"
                + " \"normalized\": false, \"special\": true}";
        try (Tokenizer more = Tokenizer.of(file.formatted(added).getBytes(StandardCharsets.UTF_8))) {
            assertThatThrownBy(() -> more.withLeadingTokens(2))
                    .isInstanceOf(ChiaroException.class)
                    .hasMessageContaining("expected a vocabulary that ends with the largest id");
        }
    }

    @Test
    void a_cut_text_begins_with_the_ids_of_the_whole_text() {
        String[] words = {"search", "Zürich", "漢字", "😀", "unaffable,", "\n", "x".repeat(150), "a-b", "[MASK]", "é"};
        Property.check(12, random -> {
            StringBuilder text = new StringBuilder();
            int count = random.nextInt(9_000);
            for (int i = 0; i < count; i++) {
                text.append(words[random.nextInt(words.length)]).append(random.nextInt(9) == 0 ? "" : " ");
            }
            int limit = 3 + random.nextInt(1000);
            int[] whole = tokenizer.encode(text.toString(), Integer.MAX_VALUE);

            int[] cut = tokenizer.encode(text.toString(), limit);

            assertThat(cut).hasSize(Math.min(limit, whole.length));
            assertThat(Arrays.copyOf(cut, cut.length - 1)).isEqualTo(Arrays.copyOf(whole, cut.length - 1));
            assertThat(cut[cut.length - 1]).isEqualTo(102);
        });
    }

    @Test
    void a_text_of_a_hundred_thousand_characters_and_one_of_ten_million_are_cut() {
        assertThat(tokenizer.encode("antidisestablishment ".repeat(5_000), 256)).hasSize(256);
        assertThat(tokenizer.encode("x".repeat(100_000), 256)).containsExactly(101, 100, 102);
        assertThat(tokenizer.encode("to be or not ".repeat(800_000), 256)).hasSize(256);
        assertThat(tokenizer.encode(" ".repeat(100_000) + "word", 256)).containsExactly(101, 2773, 102);
    }

    @Test
    void half_a_surrogate_pair_spoils_only_itself() {
        assertThat(tokenizer.encode("a word\uD83D", 16)).containsExactly(tokenizer.encode("a word\uFFFD", 16));
        assertThat(tokenizer.encode("\uDE00 a 😀", 16)).containsExactly(tokenizer.encode(" a 😀", 16));
    }

    @Test
    void threads_share_a_tokenizer() {
        int[] expected = tokenizer.encode("threads share a tokenizer", 16);

        assertThat(IntStream.range(0, 2000)
                        .parallel()
                        .allMatch(i -> Arrays.equals(expected, tokenizer.encode("threads share a tokenizer", 16))))
                .isTrue();
    }

    @Test
    void use_after_close_is_an_error_and_not_a_crash() {
        Tokenizer closed = miniLm();
        closed.close();
        closed.close();

        assertThatThrownBy(() -> closed.encode("a", 8))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("Tokenizer: used after it was closed");
    }

    @Test
    void what_is_no_tokenizer_is_refused_in_one_sentence() {
        assertThatThrownBy(() -> Tokenizer.of("{}".getBytes(StandardCharsets.UTF_8)))
                .isInstanceOf(ChiaroException.class)
                .hasMessageContaining("tokenizer.json: expected an object at \"model\"");
        assertThatThrownBy(() -> Tokenizer.of(
                        "{\"model\": {\"type\": \"Odd\", \"vocab\": {\"a\": 0}}}".getBytes(StandardCharsets.UTF_8)))
                .isInstanceOf(ChiaroException.class)
                .hasMessageContaining("expected a tokenizer.json of the Hugging Face tokenizers");
        assertThatThrownBy(() -> Tokenizer.open(Path.of("nowhere/tokenizer.json")))
                .isInstanceOf(ChiaroException.class)
                .hasMessageContaining("nowhere");
    }
}
