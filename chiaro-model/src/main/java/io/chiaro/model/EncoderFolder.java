package io.chiaro.model;

import io.chiaro.core.ChiaroException;
import io.chiaro.core.ChiaroException.Kind;
import io.chiaro.core.Hashes;
import io.chiaro.core.Json;
import io.chiaro.core.JsonObject;
import io.chiaro.core.Safetensors;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The files of an encoder in a model's directory: config.json, tokenizer and weights, whatever stands on top of it.
 *
 * @param path the model's directory, absolute
 * @param encoder where the encoder's files are: the same, or a directory inside
 */
record EncoderFolder(Path path, Path encoder) {

    /** What sentence-transformers reads first of a directory. */
    static final String READER = "config_sentence_transformers.json";

    /** A limit above this means that whoever saved the tokenizer knew none. */
    private static final double NO_LIMIT = 1e6;

    /** The model_type of an encoder with experts, which readers of "bert" refuse instead of missing its weights. */
    static final String OF_EXPERTS = "bert_moe";

    /** The key under which such an encoder names the domains of its experts. */
    static final String DOMAINS = "expert_domains";

    /** The directory of a model, which must be there. */
    static Path existing(Path directory) {
        Path path = directory.toAbsolutePath().normalize();
        if (!Files.isDirectory(path)) {
            throw ChiaroException.model(path + ": expected the directory of a model, but found "
                    + (Files.exists(path) ? "a file" : "nothing") + ". Check the path.");
        }
        return path;
    }

    /** What the model of a directory is called: its last part, and the one before where every run calls it the same. */
    static String name(Path directory) {
        Path last = directory.getFileName();
        Path parent = directory.getParent();
        Path run = parent == null ? null : parent.getFileName();
        return String.valueOf(last).equals("model") && run != null ? run + "/" + last : String.valueOf(last);
    }

    /** A file that need not be there; empty if it is not. */
    static JsonObject optional(Path file) {
        return Files.exists(file) ? Json.object(Kind.MODEL, file) : Json.parse(Kind.MODEL, file.toString(), "{}");
    }

    /** Whether a directory says that its model is of some type. */
    static boolean isNamed(Path directory, String type) {
        return optional(directory.resolve(READER)).string("model_type", "").equals(type);
    }

    /** Refuses prompts, where nothing would put them before a text. */
    static void refusePrompts(JsonObject reader) {
        if (reader.isObject("prompts")) {
            JsonObject prompts = reader.object("prompts");
            for (String name : prompts.keys()) {
                refuseUnless(prompts, name, prompts.string(name, ""), "");
            }
        }
    }

    static void refuseUnless(JsonObject json, String key, String found, String supported) {
        if (!found.equals(supported)) {
            throw json.error("expected \"" + key + "\" to be " + supported + ", but found " + found
                    + ", which is not supported.");
        }
    }

    /** The shape in a config.json, or why such an encoder cannot be computed. */
    static BertConfig config(JsonObject json) {
        String type = json.string("model_type");
        boolean experts = type.equals(OF_EXPERTS);
        if (!type.equals("bert") && !experts) {
            boolean offset = type.contains("roberta") || type.equals("camembert") || type.equals("mpnet");
            throw json.error("expected the model_type \"bert\", but found \"" + type + "\". "
                    + (offset ? "Its positions begin after the padding id, which is not supported. " : "")
                    + "Use an encoder of the BERT family, such as all-MiniLM-L6-v2 or bge-small-en-v1.5.");
        }
        refuseUnless(json, "hidden_act", json.string("hidden_act", "gelu"), "gelu");
        refuseUnless(json, "position_embedding_type", json.string("position_embedding_type", "absolute"), "absolute");
        for (String key : List.of("is_decoder", "add_cross_attention")) {
            refuseUnless(json, key, String.valueOf(json.bool(key, false)), "false");
        }
        for (String key : List.of("auto_map", "quantization_config")) {
            if (json.has(key)) {
                throw json.error("\"" + key + "\" is not supported: "
                        + (key.equals("auto_map")
                                ? "code that comes with a model is never run."
                                : "weights must be plain numbers. Save the model without quantisation."));
            }
        }
        if (json.isObject("pruned_heads") && !json.object("pruned_heads").keys().isEmpty()) {
            throw json.error("\"pruned_heads\" are not supported.");
        }
        try {
            return new BertConfig(
                    json.integer("vocab_size"),
                    json.integer("hidden_size"),
                    json.integer("num_hidden_layers"),
                    json.integer("num_attention_heads"),
                    json.integer("intermediate_size"),
                    json.integer("max_position_embeddings"),
                    json.integer("type_vocab_size", 2),
                    json.number("layer_norm_eps", 1e-12),
                    json.number("hidden_dropout_prob", 0.1),
                    json.number("attention_probs_dropout_prob", 0.1),
                    json.number("initializer_range", 0.02),
                    json.integer("pad_token_id", 0),
                    experts ? json.strings(DOMAINS) : List.of());
        } catch (IllegalArgumentException e) {
            throw json.error(e.getMessage() + ". Correct the file.");
        }
    }

    /** The longest input by the tokenizer_config.json of a folder; all positions if it knows no limit. */
    static int maxTokens(Path encoder, BertConfig config) {
        JsonObject tokenizer = optional(encoder.resolve("tokenizer_config.json"));
        double limit = tokenizer.number("model_max_length", NO_LIMIT + 1);
        if (limit > NO_LIMIT) {
            return config.maxPositions();
        }
        if (limit < 3 || limit != Math.rint(limit)) {
            throw tokenizer.error(
                    "expected \"model_max_length\" to be a whole number of at least 3, but found " + limit + ".");
        }
        return (int) Math.min(limit, config.maxPositions());
    }

    Optional<Path> weights() {
        return found(encoder.resolve("model.safetensors"))
                .or(() -> found(encoder.resolve("model.safetensors.index.json")));
    }

    Safetensors openWeights() {
        return Safetensors.open(weights().orElseThrow(() -> {
            boolean pickled = Files.exists(encoder.resolve("pytorch_model.bin"))
                    || Files.exists(encoder.resolve("pytorch_model.bin.index.json"));
            return ChiaroException.model(encoder + ": expected model.safetensors, but found "
                    + (pickled
                            ? "pytorch_model.bin only, which may hold code and is never loaded. Save the model as"
                                    + " safetensors."
                            : "no weights. Fetch the whole model."));
        }));
    }

    Optional<Path> onnx() {
        return found(path.resolve("onnx/model.onnx")).or(() -> found(path.resolve("model.onnx")));
    }

    Path tokenizerFile() {
        return found(encoder.resolve("tokenizer.json")).orElse(path.resolve("tokenizer.json"));
    }

    /** Opens the tokenizer, whose ids must be rows of the encoder's table. */
    Tokenizer openTokenizer(BertConfig config) {
        Tokenizer tokenizer = Tokenizer.open(tokenizerFile());
        int rows = config.vocabularySize();
        if (tokenizer.vocabularySize() > rows) {
            int size = tokenizer.vocabularySize();
            tokenizer.close();
            throw ChiaroException.model(tokenizerFile() + ": expected ids below the vocab_size " + rows
                    + " of config.json, but found ids up to " + (size - 1) + ". The files belong to two models.");
        }
        return tokenizer;
    }

    /** SHA-256 of the weights, all shards in their order, or of the ONNX graph if there are no others. */
    String hash() {
        Path file = weights().or(this::onnx).orElse(encoder.resolve("model.safetensors"));
        return Hashes.sha256(Safetensors.files(file));
    }

    private static Optional<Path> found(Path file) {
        return Files.isRegularFile(file) ? Optional.of(file) : Optional.empty();
    }
}
