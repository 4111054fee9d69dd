package io.chiaro.model;

import io.chiaro.core.JsonObject;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/** What a tokenizer.json says of its vocabulary, read beside the native tokenizer that does the work. */
final class TokenizerFile {

    /** The special tokens by their part, each with the names that tokenizers give it. */
    enum Special {
        PAD("[PAD]", "<pad>"),
        CLS("[CLS]", "<s>"),
        SEP("[SEP]", "</s>"),
        MASK("[MASK]", "<mask>"),
        UNKNOWN("[UNK]", "<unk>");

        private final List<String> names;

        Special(String... names) {
            this.names = List.of(names);
        }
    }

    /** A special token that the file has. */
    record Token(String text, int id) {}

    private final JsonObject json;
    private final Map<Special, Token> specials = new EnumMap<>(Special.class);
    private final Map<String, Integer> ids;
    private final int vocabularySize;

    private TokenizerFile(JsonObject json, Map<String, Integer> ids) {
        this.json = json;
        this.ids = Map.copyOf(ids);
        for (Special special : Special.values()) {
            for (String name : special.names) {
                Integer id = ids.get(name);
                if (id != null) {
                    specials.putIfAbsent(special, new Token(name, id));
                }
            }
        }
        this.vocabularySize =
                1 + ids.values().stream().mapToInt(Integer::intValue).max().orElse(-1);
    }

    static TokenizerFile of(JsonObject json) {
        JsonObject model = json.object("model");
        Map<String, Integer> ids = new HashMap<>();
        if (model.isObject("vocab")) {
            JsonObject vocabulary = model.object("vocab");
            for (String token : vocabulary.keys()) {
                ids.put(token, vocabulary.integer(token));
            }
        } else if (model.isList("vocab")) {
            // Unigram: [token, score] pairs in the order of their ids.
            if (model.toMap().get("vocab") instanceof List<?> pairs) {
                for (Object pair : pairs) {
                    if (pair instanceof List<?> entry && !entry.isEmpty()) {
                        ids.put(String.valueOf(entry.get(0)), ids.size());
                    }
                }
            }
        } else {
            throw model.error("expected a vocabulary at \"model.vocab\", but found none. Save the tokenizer again.");
        }
        for (JsonObject added : json.objects("added_tokens", List.of())) {
            ids.put(added.string("content"), added.integer("id"));
        }
        return new TokenizerFile(json, ids);
    }

    OptionalInt id(String token) {
        Integer id = ids.get(token);
        return id == null ? OptionalInt.empty() : OptionalInt.of(id);
    }

    JsonObject json() {
        return json;
    }

    int vocabularySize() {
        return vocabularySize;
    }

    Optional<Token> find(Special special) {
        return Optional.ofNullable(specials.get(special));
    }

    int special(Special special) {
        return find(special)
                .orElseThrow(() -> json.error("expected a token named " + String.join(" or ", special.names)
                        + ", but the vocabulary has none. Use a tokenizer that has it."))
                .id();
    }

    /** Whether a space always ends a token, so that what follows it cannot change what stands before. */
    boolean splitsAtSpaces() {
        return json.has("pre_tokenizer");
    }

    /** Whether letters are made small; the normalizer's word, false if it does not say. */
    boolean lowercases() {
        return json.has("normalizer") && json.object("normalizer").bool("lowercase", false);
    }

    /** The settings of a BertNormalizer under the names of a tokenizer_config.json; empty for another normalizer. */
    Map<String, Object> normalizerSettings() {
        Map<String, Object> settings = new HashMap<>();
        if (json.isObject("normalizer")
                && json.object("normalizer").string("type").equals("BertNormalizer")) {
            JsonObject normalizer = json.object("normalizer");
            settings.put("do_lower_case", normalizer.bool("lowercase", true));
            settings.put("tokenize_chinese_chars", normalizer.bool("handle_chinese_chars", true));
            if (normalizer.has("strip_accents")) {
                settings.put("strip_accents", normalizer.bool("strip_accents"));
            }
        }
        return settings;
    }

    /** The tokens of a WordPiece vocabulary by id: the lines of its vocab.txt. Empty for other models. */
    Optional<List<String>> wordPieces() {
        JsonObject model = json.object("model");
        if (!model.string("type", "").equals("WordPiece")) {
            return Optional.empty();
        }
        JsonObject vocabulary = model.object("vocab");
        String[] lines = new String[vocabularySize];
        for (String token : vocabulary.keys()) {
            lines[vocabulary.integer(token)] = token;
        }
        for (JsonObject added : json.objects("added_tokens", List.of())) {
            lines[added.integer("id")] = added.string("content");
        }
        List<String> pieces = new ArrayList<>(lines.length);
        for (int id = 0; id < lines.length; id++) {
            // A line number is an id: a hole would move all that follow.
            pieces.add(lines[id] == null ? "[unused_" + id + "]" : lines[id]);
        }
        return Optional.of(pieces);
    }
}
