package io.chiaro.model;

import io.chiaro.core.AtomicFiles;
import io.chiaro.core.ChiaroException;
import io.chiaro.core.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Writes the configuration files of a model directory, by the key names that the oldest readers know. */
final class ModelWriter {

    private final Path directory;
    private final ModelSpecification model;
    private final Tokenizer tokenizer;

    ModelWriter(Path directory, ModelSpecification model, Tokenizer tokenizer) {
        this.directory = directory;
        this.model = model;
        this.tokenizer = tokenizer;
    }

    void write(ModelCard card) {
        EncoderWriter encoder = new EncoderWriter(directory, model.config(), model.maxTokens(), tokenizer);
        put("config.json", encoder.config("BertModel"));
        encoder.writeTokenizer();
        put("1_Pooling/config.json", pooling());
        if (model.normalized()) {
            makeDirectory(directory.resolve("2_Normalize"));
        }
        encoder.writeLimit();
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

    private Object modules() {
        List<Object> modules = new ArrayList<>();
        modules.add(module(0, "", "Transformer"));
        modules.add(module(1, "1_Pooling", "Pooling"));
        if (model.normalized()) {
            modules.add(module(2, "2_Normalize", "Normalize"));
        }
        return modules;
    }

    private static Map<String, Object> module(int number, String path, String type) {
        return EncoderWriter.module(number, path, "sentence_transformers.models." + type);
    }

    private Object pooling() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("word_embedding_dimension", model.config().hiddenSize());
        ModelFiles.OLD_POOLING_KEYS.forEach(
                (pooling, key) -> json.put(key, model.poolings().contains(pooling)));
        json.put("include_prompt", true);
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
        json.put("__version__", new TreeMap<>(EncoderWriter.FORMAT));
        json.put("default_prompt_name", hasDefault ? "text" : null);
        json.put("prompts", prompts);
        json.put("similarity_fn_name", model.similarity().name().toLowerCase(Locale.ROOT));
        return json;
    }
}
