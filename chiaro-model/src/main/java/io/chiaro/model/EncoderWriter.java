package io.chiaro.model;

import io.chiaro.core.AtomicFiles;
import io.chiaro.core.Json;
import io.chiaro.model.TokenizerFile.Special;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Writes the files of an encoder and its tokenizer, by the key names that the oldest readers know. */
final class EncoderWriter {

    /**
     * The generation of the format, not the version of a program: the first in which every key written here was known.
     * Readers compare it with their own and warn only of a later one.
     */
    static final Map<String, String> FORMAT =
            Map.of("sentence_transformers", "3.0.0", "transformers", "4.41.0", "pytorch", "2.3.0");

    private static final Map<Special, String> SPECIAL_KEYS = specialKeys();

    private final Path directory;
    private final BertConfig config;
    private final int maxTokens;
    private final Tokenizer tokenizer;

    EncoderWriter(Path directory, BertConfig config, int maxTokens, Tokenizer tokenizer) {
        this.directory = directory;
        this.config = config;
        this.maxTokens = maxTokens;
        this.tokenizer = tokenizer;
        if (tokenizer.vocabularySize() > config.vocabularySize()) {
            throw new IllegalArgumentException("EncoderWriter: the tokenizer has " + tokenizer.vocabularySize()
                    + " ids, but the encoder only " + config.vocabularySize());
        }
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

    /** All that readers of tokenizers look for. */
    void writeTokenizer() {
        AtomicFiles.write(directory.resolve("tokenizer.json"), tokenizer.json());
        Json.write(directory.resolve("tokenizer_config.json"), tokenizerConfig());
        Json.write(directory.resolve("special_tokens_map.json"), specialTokens());
        bertVocabulary()
                .ifPresent(
                        pieces -> AtomicFiles.write(directory.resolve("vocab.txt"), String.join("\n", pieces) + "\n"));
    }

    /** Where texts are cut, for readers that look for it beside the encoder. */
    void writeLimit() {
        Map<String, Object> length = new LinkedHashMap<>();
        length.put("max_seq_length", maxTokens);
        length.put("do_lower_case", false);
        Json.write(directory.resolve("sentence_bert_config.json"), length);
    }

    /** An entry of modules.json. */
    static Map<String, Object> module(int number, String path, String type) {
        Map<String, Object> module = new LinkedHashMap<>();
        module.put("idx", number);
        module.put("name", String.valueOf(number));
        module.put("path", path);
        module.put("type", type);
        return module;
    }

    /** What a config.json says of the encoder, for a model of some architecture. */
    Map<String, @Nullable Object> config(String architecture) {
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        boolean experts = !config.domains().isEmpty();
        json.put("architectures", List.of(experts ? "BertMoeModel" : architecture));
        json.put("attention_probs_dropout_prob", config.attentionDropout());
        json.put("classifier_dropout", null);
        json.put("hidden_act", "gelu");
        json.put("hidden_dropout_prob", config.hiddenDropout());
        json.put("hidden_size", config.hiddenSize());
        json.put("initializer_range", config.initializerRange());
        json.put("intermediate_size", config.intermediateSize());
        json.put("layer_norm_eps", config.layerNormEpsilon());
        json.put("max_position_embeddings", config.maxPositions());
        json.put("model_type", experts ? EncoderFolder.OF_EXPERTS : "bert");
        if (experts) {
            json.put("num_experts", config.domains().size());
            json.put(EncoderFolder.DOMAINS, config.domains());
        }
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
        json.put("model_max_length", maxTokens);
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
}
