package io.chiaro.model;

import io.chiaro.core.AtomicFiles;
import io.chiaro.core.ChiaroException;
import io.chiaro.core.Json;
import io.chiaro.model.TokenizerFile.Special;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Writes the configuration files of a model directory, by the key names that the oldest readers know. */
final class ModelWriter {

    /**
     * The generation of the format, not the version of a program: the first in which every key written here was known.
     * Readers compare it with their own and warn only of a later one.
     */
    private static final Map<String, String> FORMAT =
            Map.of("sentence_transformers", "3.0.0", "transformers", "4.41.0", "pytorch", "2.3.0");

    private static final Map<Special, String> SPECIAL_KEYS = specialKeys();

    private final Path directory;
    private final ModelSpecification model;
    private final Tokenizer tokenizer;

    ModelWriter(Path directory, ModelSpecification model, Tokenizer tokenizer) {
        this.directory = directory;
        this.model = model;
        this.tokenizer = tokenizer;
    }

    private static Map<Special, String> specialKeys() {
        Map<Special, String> keys = new LinkedHashMap<>();
        keys.put(Special.CLS, "cls_token");
        keys.put(Special.MASK, "mask_token");
        keys.put(Special.PAD, "pad_token");
        keys.put(Special.SEP, "sep_token");
        keys.put(Special.UNKNOWN, "unk_token");
        return keys;
    }

    void write(ModelCard card) {
        if (tokenizer.vocabularySize() > model.config().vocabularySize()) {
            throw new IllegalArgumentException("ModelDirectory.write: the tokenizer has " + tokenizer.vocabularySize()
                    + " ids, but the encoder only " + model.config().vocabularySize());
        }
        put("config.json", config());
        AtomicFiles.write(directory.resolve("tokenizer.json"), tokenizer.json());
        put("tokenizer_config.json", tokenizerConfig());
        put("special_tokens_map.json", specialTokens());
        bertVocabulary()
                .ifPresent(
                        pieces -> AtomicFiles.write(directory.resolve("vocab.txt"), String.join("\n", pieces) + "\n"));
        put("1_Pooling/config.json", pooling());
        if (model.normalized()) {
            makeDirectory(directory.resolve("2_Normalize"));
        }
        put("sentence_bert_config.json", length());
        put("config_sentence_transformers.json", sentence());
        AtomicFiles.write(directory.resolve("README.md"), card.markdown(model));
        // Last, because it is what turns the directory into a model.
        put("modules.json", modules());
    }

    private void put(String name, Object value) {
        Json.write(directory.resolve(name), value);
    }

    private static void makeDirectory(Path path) {
        try {
            Files.createDirectories(path);
        } catch (IOException e) {
            throw ChiaroException.of(
                    ChiaroException.Kind.RESOURCES,
                    path + ": expected to make the directory, but found: " + e.getMessage() + ". Choose another place.",
                    e);
        }
    }

    private Object config() {
        BertConfig config = model.config();
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("architectures", List.of("BertModel"));
        json.put("attention_probs_dropout_prob", config.attentionDropout());
        json.put("classifier_dropout", null);
        json.put("hidden_act", "gelu");
        json.put("hidden_dropout_prob", config.hiddenDropout());
        json.put("hidden_size", config.hiddenSize());
        json.put("initializer_range", config.initializerRange());
        json.put("intermediate_size", config.intermediateSize());
        json.put("layer_norm_eps", config.layerNormEpsilon());
        json.put("max_position_embeddings", config.maxPositions());
        json.put("model_type", "bert");
        json.put("num_attention_heads", config.heads());
        json.put("num_hidden_layers", config.layers());
        json.put("pad_token_id", config.padTokenId());
        json.put("position_embedding_type", "absolute");
        json.put("torch_dtype", "float32");
        json.put("type_vocab_size", config.typeVocabularySize());
        json.put("use_cache", false);
        json.put("vocab_size", config.vocabularySize());
        return json;
    }

    private Map<String, Object> specialTokens() {
        Map<String, Object> json = new LinkedHashMap<>();
        SPECIAL_KEYS.forEach(
                (special, key) -> tokenizer.file().find(special).ifPresent(token -> json.put(key, token.text())));
        return json;
    }

    private Object tokenizerConfig() {
        Map<String, Object> json = new TreeMap<>(specialTokens());
        json.put("clean_up_tokenization_spaces", true);
        json.put("model_max_length", model.maxTokens());
        if (bertVocabulary().isPresent()) {
            json.put("tokenizer_class", "BertTokenizer");
            // Readers set the normalizer of tokenizer.json to these; they must say the same.
            json.putAll(tokenizer.file().normalizerSettings());
        } else {
            // The class that takes tokenizer.json as it is.
            json.put("tokenizer_class", "PreTrainedTokenizerFast");
        }
        return json;
    }

    /**
     * The vocabulary, if it is all that a reader needs. The class BertTokenizer puts [CLS] and [SEP] around a text whatever
     * tokenizer.json says, so that a model with more tokens before every text would lose them.
     */
    private Optional<List<String>> bertVocabulary() {
        return tokenizer.hasPlainFrame() ? tokenizer.file().wordPieces() : Optional.empty();
    }

    private Object modules() {
        List<Object> modules = new ArrayList<>();
        modules.add(module(0, "", "Transformer"));
        modules.add(module(1, "1_Pooling", "Pooling"));
        if (model.normalized()) {
            modules.add(module(2, "2_Normalize", "Normalize"));
        }
        return modules;
    }

    private static Map<String, Object> module(int index, String path, String type) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("idx", index);
        json.put("name", String.valueOf(index));
        json.put("path", path);
        json.put("type", "sentence_transformers.models." + type);
        return json;
    }

    private Object pooling() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("word_embedding_dimension", model.config().hiddenSize());
        ModelFiles.OLD_POOLING_KEYS.forEach(
                (pooling, key) -> json.put(key, model.poolings().contains(pooling)));
        json.put("include_prompt", true);
        return json;
    }

    private Object length() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("max_seq_length", model.maxTokens());
        json.put("do_lower_case", false);
        return json;
    }

    private Object sentence() {
        Map<String, String> prompts = new TreeMap<>(model.otherPrompts());
        prompts.put("query", model.prompts().query());
        prompts.put("document", model.prompts().document());
        boolean hasDefault = !model.prompts().text().isEmpty();
        if (hasDefault) {
            prompts.put("text", model.prompts().text());
        }
        Map<String, @Nullable Object> json = new TreeMap<>();
        json.put("__version__", new TreeMap<>(FORMAT));
        json.put("default_prompt_name", hasDefault ? "text" : null);
        json.put("prompts", prompts);
        json.put("similarity_fn_name", model.similarity().name().toLowerCase(Locale.ROOT));
        return json;
    }
}
