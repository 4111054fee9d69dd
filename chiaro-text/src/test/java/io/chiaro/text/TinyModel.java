package io.chiaro.text;

import io.chiaro.core.Json;
import io.chiaro.core.RandomStream;
import io.chiaro.model.BertConfig;
import io.chiaro.model.ModelCard;
import io.chiaro.model.ModelDirectory;
import io.chiaro.model.ModelSpecification;
import io.chiaro.model.Pooling;
import io.chiaro.model.Tokenizer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** An encoder of a few thousand numbers with a vocabulary of syllables and letters, and texts for it. */
final class TinyModel {

    private static final List<String> SPECIAL = List.of("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]");
    private static final String CONSONANTS = "bdfgklmnprst";
    private static final String VOWELS = "aeiou";

    private TinyModel() {}

    /** The shape of a tiny encoder. Wide initial numbers keep the vectors of different texts apart. */
    static BertConfig config(int width, int layers) {
        return new BertConfig(vocabulary().size(), width, layers, 2, 2 * width, 512, 2, 1e-12, 0.1, 0.0, 0.2, 0);
    }

    private static List<String> vocabulary() {
        List<String> words = new ArrayList<>(SPECIAL);
        for (char letter = 'a'; letter <= 'z'; letter++) {
            words.add(String.valueOf(letter));
            words.add("##" + letter);
        }
        for (int i = 0; i < syllables(); i++) {
            words.add(syllable(i));
        }
        return words;
    }

    static int syllables() {
        return CONSONANTS.length() * VOWELS.length();
    }

    /** A word that is one token. */
    static String syllable(int i) {
        return "" + CONSONANTS.charAt(i / VOWELS.length()) + VOWELS.charAt(i % VOWELS.length());
    }

    /** So many random words of one token each. */
    static String words(RandomStream random, int count) {
        List<String> words = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            words.add(syllable(random.nextInt(syllables())));
        }
        return String.join(" ", words);
    }

    static Tokenizer tokenizer() {
        Map<String, Object> ids = new LinkedHashMap<>();
        List<String> vocabulary = vocabulary();
        for (int i = 0; i < vocabulary.size(); i++) {
            ids.put(vocabulary.get(i), i);
        }
        List<Object> added = new ArrayList<>();
        Map<String, Object> specials = new LinkedHashMap<>();
        for (int i = 0; i < SPECIAL.size(); i++) {
            String token = SPECIAL.get(i);
            Map<String, Object> entry = new LinkedHashMap<>();
            entry.put("id", i);
            entry.put("content", token);
            for (String flag : List.of("single_word", "lstrip", "rstrip", "normalized")) {
                entry.put(flag, false);
            }
            entry.put("special", true);
            added.add(entry);
            specials.put(token, Map.of("id", token, "ids", List.of(i), "tokens", List.of(token)));
        }
        List<Object> single = List.of(
                Map.of("SpecialToken", Map.of("id", "[CLS]", "type_id", 0)),
                Map.of("Sequence", Map.of("id", "A", "type_id", 0)),
                Map.of("SpecialToken", Map.of("id", "[SEP]", "type_id", 0)));
        List<Object> pair = new ArrayList<>(single);
        pair.add(Map.of("Sequence", Map.of("id", "B", "type_id", 1)));
        pair.add(Map.of("SpecialToken", Map.of("id", "[SEP]", "type_id", 1)));
        Map<String, Object> file = new LinkedHashMap<>();
        file.put("version", "1.0");
        file.put("added_tokens", added);
        file.put(
                "normalizer",
                Map.of("type", "BertNormalizer", "clean_text", true, "handle_chinese_chars", true, "lowercase", true));
        file.put("pre_tokenizer", Map.of("type", "BertPreTokenizer"));
        file.put(
                "post_processor",
                Map.of(
                        "type",
                        "TemplateProcessing",
                        "single",
                        single,
                        "pair",
                        pair,
                        "special_tokens",
                        Map.of("[CLS]", specials.get("[CLS]"), "[SEP]", specials.get("[SEP]"))));
        file.put("decoder", Map.of("type", "WordPiece", "prefix", "##", "cleanup", true));
        file.put(
                "model",
                Map.of(
                        "type", "WordPiece",
                        "unk_token", "[UNK]",
                        "continuing_subword_prefix", "##",
                        "max_input_chars_per_word", 100,
                        "vocab", ids));
        return Tokenizer.of(Json.text(file).getBytes(StandardCharsets.UTF_8));
    }

    /** Writes config and tokenizer of a tiny model that has no weights yet: a directory for {@code fresh:DIR}. */
    static Path write(Path directory, BertConfig config, List<Pooling> poolings, boolean normalized) {
        try (Tokenizer tokenizer = tokenizer()) {
            ModelSpecification specification = ModelSpecification.of("tiny", config)
                    .withPoolings(poolings, normalized)
                    .withMaxTokens(64);
            ModelDirectory.write(directory, specification, tokenizer, ModelCard.of("test"));
        }
        return directory;
    }

    /** Writes a tiny model of width 16 and two layers with mean pooling. */
    static Path write(Path directory) {
        return write(directory, config(16, 2), List.of(Pooling.MEAN), true);
    }

    /** Random token sequences of the given lengths, framed as BERT's are. */
    static List<int[]> tokens(RandomStream random, int... lengths) {
        List<int[]> texts = new ArrayList<>();
        int first = SPECIAL.size();
        int others = vocabulary().size() - first;
        for (int length : lengths) {
            int[] text = new int[length];
            for (int t = 1; t < length - 1; t++) {
                text[t] = first + random.nextInt(others);
            }
            text[0] = SPECIAL.indexOf("[CLS]");
            text[length - 1] = SPECIAL.indexOf("[SEP]");
            texts.add(text);
        }
        return texts;
    }
}
