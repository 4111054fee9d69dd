package io.chiaro.model;

import io.chiaro.core.ChiaroException;
import io.chiaro.core.Json;
import io.chiaro.core.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Puts new special tokens into a tokenizer.json: into the vocabulary, and into the template behind the token that begins a
 * text. So whoever reads the file puts them before every text, and needs to know nothing of them.
 *
 * <p>Where a text holds such a token by its name, the normalizer takes it out. Some readers, LangChain4j among them, write the
 * tokens of a text down without the first and the last and read that once more; they would have the new tokens twice.
 */
final class LeadingTokens {

    private static final String PROCESSOR = "post_processor";
    private static final String SPECIAL = "SpecialToken";
    private static final String NAME = "[PROMPT_%d]";
    private static final String NAMES = "\\[PROMPT_[0-9]+\\]";

    private final JsonObject json;
    private final List<TokenizerFile.Token> tokens;

    private LeadingTokens(JsonObject json, List<TokenizerFile.Token> tokens) {
        this.json = json;
        this.tokens = tokens;
    }

    /**
     * The file with more tokens.
     *
     * @param first id of the first new token, the next ones follow
     * @throws ChiaroException of kind model if the file frames texts in a way that has no place for them
     */
    static byte[] insert(JsonObject json, int first, int count) {
        List<TokenizerFile.Token> tokens = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            // Named by id, so that a model that has such tokens already can have more.
            tokens.add(new TokenizerFile.Token(NAME.formatted(first + i), first + i));
        }
        return Json.text(new LeadingTokens(json, tokens).file()).getBytes(StandardCharsets.UTF_8);
    }

    private Map<String, Object> file() {
        Map<String, Object> file = json.toMap();
        file.put("normalizer", normalizer());
        file.put("model", model());
        file.put(PROCESSOR, template());
        return file;
    }

    private Object normalizer() {
        Map<String, Object> remove = new LinkedHashMap<>();
        remove.put("type", "Replace");
        remove.put("pattern", Map.of("Regex", NAMES));
        remove.put("content", "");
        if (!json.isObject("normalizer")) {
            return remove;
        }
        JsonObject own = json.object("normalizer");
        if (own.objects("normalizers", List.of()).stream()
                .anyMatch(step -> step.toMap().equals(remove))) {
            return own.toMap();
        }
        Map<String, Object> sequence = new LinkedHashMap<>();
        sequence.put("type", "Sequence");
        sequence.put("normalizers", List.of(remove, own.toMap()));
        return sequence;
    }

    private Map<String, Object> model() {
        JsonObject model = json.object("model");
        Map<String, Object> whole = model.toMap();
        if (model.isObject("vocab")) {
            Map<String, Object> vocabulary = model.object("vocab").toMap();
            tokens.forEach(token -> vocabulary.put(token.text(), token.id()));
            whole.put("vocab", vocabulary);
        } else if (whole.get("vocab") instanceof List<?> pairs
                && pairs.size() == tokens.get(0).id()) {
            List<Object> longer = new ArrayList<>(pairs);
            tokens.forEach(token -> longer.add(List.of(token.text(), 0.0)));
            whole.put("vocab", longer);
        } else {
            throw json.error(
                    "expected a vocabulary that ends with the largest id, so that new tokens can follow, but it does "
                            + "not. Soft prompts need another tokenizer.");
        }
        return whole;
    }

    private Map<String, Object> template() {
        JsonObject processor = json.object(PROCESSOR, Json.parse(json.where(), "{}"));
        return switch (processor.string("type", "none")) {
            case "TemplateProcessing" -> extended(processor);
            case "BertProcessing" -> ofBert(processor);
            default ->
                throw json.error(
                        "expected a post_processor of type TemplateProcessing or BertProcessing, which tells where "
                                + "a text begins, but found \"" + processor.string("type", "none")
                                + "\". Soft prompts need a tokenizer that has one.");
        };
    }

    private Map<String, Object> extended(JsonObject processor) {
        Map<String, Object> template = processor.toMap();
        for (String form : List.of("single", "pair")) {
            template.put(form, withTokens(processor.objects(form), form));
        }
        Map<String, Object> specials =
                new LinkedHashMap<>(processor.object("special_tokens").toMap());
        tokens.forEach(token -> specials.put(token.text(), special(token.text(), token.id())));
        template.put("special_tokens", specials);
        return template;
    }

    private List<Object> withTokens(List<JsonObject> pieces, String form) {
        if (pieces.isEmpty() || !pieces.get(0).isObject(SPECIAL)) {
            throw json.error("expected the template \"" + form
                    + "\" to begin with a special token, but it does not. Soft prompts stand behind that token.");
        }
        List<Object> longer = new ArrayList<>();
        longer.add(pieces.get(0).toMap());
        tokens.forEach(token -> longer.add(piece(SPECIAL, token.text(), 0)));
        pieces.subList(1, pieces.size()).forEach(piece -> longer.add(piece.toMap()));
        return longer;
    }

    /** The template that says what a BertProcessing does, and has the new tokens. */
    private Map<String, Object> ofBert(JsonObject processor) {
        Map<String, Object> whole = processor.toMap();
        TokenizerFile.Token first = token(whole, "cls");
        TokenizerFile.Token last = token(whole, "sep");
        List<Object> single = new ArrayList<>();
        single.add(piece(SPECIAL, first.text(), 0));
        tokens.forEach(token -> single.add(piece(SPECIAL, token.text(), 0)));
        single.add(piece("Sequence", "A", 0));
        single.add(piece(SPECIAL, last.text(), 0));
        List<Object> pair = new ArrayList<>(single);
        pair.add(piece("Sequence", "B", 1));
        pair.add(piece(SPECIAL, last.text(), 1));
        Map<String, Object> specials = new LinkedHashMap<>();
        List.of(first, last).forEach(token -> specials.put(token.text(), special(token.text(), token.id())));
        tokens.forEach(token -> specials.put(token.text(), special(token.text(), token.id())));
        Map<String, Object> template = new LinkedHashMap<>();
        template.put("type", "TemplateProcessing");
        template.put("single", single);
        template.put("pair", pair);
        template.put("special_tokens", specials);
        return template;
    }

    /** A pair of text and id. */
    private TokenizerFile.Token token(Map<String, Object> processor, String key) {
        if (processor.get(key) instanceof List<?> pair
                && pair.size() == 2
                && pair.get(0) instanceof String text
                && pair.get(1) instanceof Number id) {
            return new TokenizerFile.Token(text, id.intValue());
        }
        throw json.error("expected [token, id] at \"" + PROCESSOR + "." + key + "\", but found " + processor.get(key)
                + ". Save the tokenizer again.");
    }

    private static Map<String, Object> piece(String kind, String id, int type) {
        Map<String, Object> said = new LinkedHashMap<>();
        said.put("id", id);
        said.put("type_id", type);
        return Map.of(kind, said);
    }

    private static Map<String, Object> special(String text, int id) {
        Map<String, Object> entry = new LinkedHashMap<>();
        entry.put("id", text);
        entry.put("ids", List.of(id));
        entry.put("tokens", List.of(text));
        return entry;
    }
}
