package io.chiaro.model;

import io.chiaro.core.ChiaroException;
import io.chiaro.core.ChiaroException.Kind;
import io.chiaro.core.Json;
import io.chiaro.core.JsonObject;
import io.chiaro.core.Names;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** Reads the configuration files of a model directory: what they ask for, or why it cannot be done. */
final class ModelFiles {

    /** The pooling modes as files name them: in a boolean key of the old form, as a word in the new one. */
    static final Map<Pooling, String> OLD_POOLING_KEYS = poolingKeys();

    private static final Map<String, Pooling> NEW_POOLING_WORDS = Map.of(
            "cls", Pooling.CLS,
            "max", Pooling.MAX,
            "mean", Pooling.MEAN,
            "mean_sqrt_len_tokens", Pooling.MEAN_SQRT,
            "weightedmean", Pooling.WEIGHTED_MEAN,
            "lasttoken", Pooling.LAST);

    private static final List<String> LENGTH_FILES = List.of(
            "sentence_bert_config.json",
            "sentence_roberta_config.json",
            "sentence_distilbert_config.json",
            "sentence_camembert_config.json",
            "sentence_albert_config.json",
            "sentence_xlm-roberta_config.json",
            "sentence_xlnet_config.json");

    private final Path directory;
    private final List<JsonObject> modules;
    private final Path encoder;

    ModelFiles(Path directory) {
        this.directory = directory;
        Path list = directory.resolve("modules.json");
        if (Files.exists(list)) {
            this.modules = Json.objects(Kind.MODEL, list);
            checkModules(list);
            this.encoder = inside(modules.get(0));
        } else {
            this.modules = List.of();
            this.encoder = directory;
            if (Files.exists(directory.resolve("1_Pooling"))) {
                throw ChiaroException.model(
                        list + ": expected the list of modules, because there is a 1_Pooling, but found"
                                + " no file. Fetch or save the model again.");
            }
        }
    }

    private static Map<Pooling, String> poolingKeys() {
        Map<Pooling, String> keys = new LinkedHashMap<>();
        keys.put(Pooling.CLS, "pooling_mode_cls_token");
        keys.put(Pooling.MEAN, "pooling_mode_mean_tokens");
        keys.put(Pooling.MAX, "pooling_mode_max_tokens");
        keys.put(Pooling.MEAN_SQRT, "pooling_mode_mean_sqrt_len_tokens");
        keys.put(Pooling.WEIGHTED_MEAN, "pooling_mode_weightedmean_tokens");
        keys.put(Pooling.LAST, "pooling_mode_lasttoken");
        return java.util.Collections.unmodifiableMap(keys);
    }

    /** The directory of config.json, weights and tokenizer. */
    Path encoder() {
        return encoder;
    }

    ModelSpecification specification() {
        BertConfig config = config();
        JsonObject sentence = EncoderFolder.optional(directory.resolve("config_sentence_transformers.json"));
        String kind = sentence.string("model_type", "SentenceTransformer");
        if (!kind.equals("SentenceTransformer")) {
            throw sentence.error("expected the model_type \"SentenceTransformer\", but found \"" + kind
                    + "\". Only models that give one vector for a text are supported.");
        }
        if (sentence.has("truncate_dim")) {
            throw sentence.error("\"truncate_dim\" is not supported. Remove the key to use whole vectors.");
        }
        Map<String, String> named = prompts(sentence);
        Prompts prompts = roles(sentence, named);
        List<String> ofRoles = List.of("query", "document", "passage", "corpus", "text");
        Map<String, String> others = new TreeMap<>(named);
        others.keySet().removeAll(ofRoles);
        String name = EncoderFolder.name(directory);
        return new ModelSpecification(
                name, config, poolings(config), normalized(), prompts, others, maxTokens(config), similarity(sentence));
    }

    private void checkModules(Path list) {
        List<String> types = new ArrayList<>();
        for (JsonObject module : modules) {
            String type = module.string("type");
            String last = type.substring(type.lastIndexOf('.') + 1);
            if (!type.startsWith("sentence_transformers.")) {
                throw module.error("the module \"" + type + "\" is code that comes with the model, which is never run."
                        + " Supported: Transformer, Pooling, Normalize.");
            }
            if (!Set.of("Transformer", "Pooling", "Normalize").contains(last)) {
                throw module.error(
                        "the module \"" + last + "\" is not supported. Supported: Transformer, Pooling, Normalize.");
            }
            if (module.has("kwargs")
                    && !(module.isList("kwargs") && module.strings("kwargs").isEmpty())) {
                throw module.error("\"kwargs\" of the module \"" + last + "\" are not supported.");
            }
            types.add(last);
        }
        List<String> whole = List.of("Transformer", "Pooling", "Normalize");
        if (types.size() < 2 || types.size() > 3 || !types.equals(whole.subList(0, types.size()))) {
            throw ChiaroException.model(
                    list + ": expected the modules Transformer, Pooling and perhaps Normalize, in this"
                            + " order, but found " + types + ".");
        }
    }

    private Path inside(JsonObject module) {
        Path path = directory.resolve(module.string("path", "")).normalize();
        if (!path.startsWith(directory)) {
            throw module.error(
                    "expected a path inside the model's directory, but found \"" + module.string("path", "") + "\".");
        }
        return path;
    }

    private BertConfig config() {
        return EncoderFolder.config(Json.object(Kind.MODEL, encoder.resolve("config.json")));
    }

    private List<Pooling> poolings(BertConfig config) {
        if (modules.isEmpty()) {
            return List.of(Pooling.MEAN);
        }
        JsonObject json = Json.object(Kind.MODEL, inside(modules.get(1)).resolve("config.json"));
        for (String key : List.of("word_embedding_dimension", "embedding_dimension")) {
            int dimension = json.integer(key, config.hiddenSize());
            if (dimension != config.hiddenSize()) {
                throw json.error("expected \"" + key + "\" to be the encoder's hidden_size " + config.hiddenSize()
                        + ", but found " + dimension + ".");
            }
        }
        if (!json.bool("include_prompt", true)) {
            throw json.error("\"include_prompt\": false is not supported: prompts always take part in pooling.");
        }
        Set<Pooling> poolings = EnumSet.noneOf(Pooling.class);
        if (json.has("pooling_mode")) {
            List<String> words =
                    json.isList("pooling_mode") ? json.strings("pooling_mode") : List.of(json.string("pooling_mode"));
            for (String word : words) {
                Pooling pooling = NEW_POOLING_WORDS.get(word);
                if (pooling == null) {
                    throw json.error("the pooling_mode \"" + word + "\" is not known. "
                            + Names.hint(word, new java.util.TreeSet<>(NEW_POOLING_WORDS.keySet())));
                }
                poolings.add(pooling);
            }
        } else {
            for (String key : json.keys()) {
                if (key.startsWith("pooling_mode_") && !OLD_POOLING_KEYS.containsValue(key)) {
                    throw json.error(
                            "the key \"" + key + "\" is not known. " + Names.hint(key, OLD_POOLING_KEYS.values()));
                }
            }
            OLD_POOLING_KEYS.forEach((pooling, key) -> {
                // Without a word the mean is on: that is how files older than its key were read.
                if (json.bool(key, pooling == Pooling.MEAN)) {
                    poolings.add(pooling);
                }
            });
        }
        if (poolings.isEmpty()) {
            throw json.error("expected at least one pooling that is switched on, but found none. Correct the file.");
        }
        return List.copyOf(poolings);
    }

    private boolean normalized() {
        return modules.size() == 3;
    }

    private int maxTokens(BertConfig config) {
        for (String file : LENGTH_FILES) {
            Path path = encoder.resolve(file);
            if (Files.exists(path)) {
                JsonObject json = Json.object(Kind.MODEL, path);
                checkTransformer(json);
                if (json.has("max_seq_length")) {
                    int limit = json.integer("max_seq_length");
                    if (limit < 3 || limit > config.maxPositions()) {
                        throw json.error("expected \"max_seq_length\" from 3 to the " + config.maxPositions()
                                + " positions of config.json, but found " + limit + ".");
                    }
                    return limit;
                }
            }
        }
        return EncoderFolder.maxTokens(encoder, config);
    }

    private void checkTransformer(JsonObject json) {
        EncoderFolder.refuseUnless(
                json, "transformer_task", json.string("transformer_task", "feature-extraction"), "feature-extraction");
        EncoderFolder.refuseUnless(
                json, "module_output_name", json.string("module_output_name", "token_embeddings"), "token_embeddings");
        if (json.bool("do_lower_case", false)) {
            JsonObject tokenizer = Json.object(Kind.MODEL, encoder.resolve("tokenizer.json"));
            if (!TokenizerFile.of(tokenizer).lowercases()) {
                throw json.error(
                        "\"do_lower_case\" asks for small letters, but the tokenizer.json beside it keeps capital"
                                + " ones, which is not supported. Set lowercase in the normalizer of tokenizer.json.");
            }
        }
        for (String key : List.of(
                "model_args",
                "tokenizer_args",
                "config_args",
                "processing_kwargs",
                "query_length",
                "document_length")) {
            if (json.has(key) && !(json.isObject(key) && json.object(key).keys().isEmpty())) {
                throw json.error("\"" + key + "\" is not supported. Remove it if the model works without it.");
            }
        }
    }

    private static Map<String, String> prompts(JsonObject sentence) {
        Map<String, String> named = new LinkedHashMap<>();
        if (sentence.has("prompts")) {
            JsonObject prompts = sentence.object("prompts");
            for (String name : prompts.keys()) {
                named.put(name, prompts.string(name, ""));
            }
        }
        return named;
    }

    private static Prompts roles(JsonObject sentence, Map<String, String> named) {
        String text = "";
        if (sentence.has("default_prompt_name")) {
            String name = sentence.string("default_prompt_name");
            text = Optional.ofNullable(named.get(name))
                    .orElseThrow(() -> sentence.error("expected \"default_prompt_name\" to be one of the prompts "
                            + named.keySet() + ", but found \"" + name + "\"."));
        } else if (!named.getOrDefault("text", "").isEmpty()) {
            throw sentence.error(
                    "the prompt \"text\" is not the default one. Set \"default_prompt_name\" to \"text\" or give"
                            + " the prompt another name.");
        }
        // Where a role has no prompt of its own, the default one holds for it.
        return new Prompts(
                text,
                role(sentence, named, text, List.of("query")),
                role(sentence, named, text, List.of("document", "passage", "corpus")));
    }

    private static String role(JsonObject sentence, Map<String, String> named, String fallback, List<String> synonyms) {
        Map<String, String> found = new LinkedHashMap<>();
        for (String synonym : synonyms) {
            String prompt = named.get(synonym);
            if (prompt != null) {
                found.put(synonym, prompt);
            }
        }
        // Some files carry an empty "document" beside the "passage" that was meant.
        Map<String, String> spoken = new LinkedHashMap<>(found);
        spoken.values().removeIf(String::isEmpty);
        if (Set.copyOf(spoken.values()).size() > 1) {
            throw sentence.error("expected one prompt for documents, but found several: " + spoken + ". Keep one.");
        }
        return spoken.values().stream().findFirst().orElse(found.isEmpty() ? fallback : "");
    }

    private static Similarity similarity(JsonObject sentence) {
        String word = sentence.string("similarity_fn_name", "cosine");
        List<String> valid = new ArrayList<>();
        for (Similarity similarity : Similarity.values()) {
            String name = similarity.name().toLowerCase(Locale.ROOT);
            if (name.equals(word)) {
                return similarity;
            }
            valid.add(name);
        }
        throw sentence.error("the similarity_fn_name \"" + word + "\" is not known. " + Names.hint(word, valid));
    }
}
