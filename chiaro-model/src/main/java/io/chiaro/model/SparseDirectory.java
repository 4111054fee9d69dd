package io.chiaro.model;

import io.chiaro.core.AtomicFiles;
import io.chiaro.core.ChiaroException;
import io.chiaro.core.ChiaroException.Kind;
import io.chiaro.core.Json;
import io.chiaro.core.JsonObject;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A directory that holds a sparse encoder as {@code SparseEncoder} of sentence-transformers reads it: a {@code BertForMaskedLM} and the
 * module SpladePooling with the largest weight of a token over the text. What a directory asks for and Chiaro cannot do is an error, never
 * passed over.
 *
 * <p>Nothing executable is loaded. Immutable; safe for any thread.
 */
public final class SparseDirectory extends EncoderDirectory<SparseSpecification> {

    private static final String MODULES = "modules.json";
    private static final String TYPE = "SparseEncoder";
    private static final String POOLING = "1_SpladePooling";

    private SparseDirectory(EncoderFolder folder, SparseSpecification specification) {
        super(folder, specification.config(), specification);
    }

    /** Whether a directory says that its model makes sparse vectors over its vocabulary. */
    public static boolean isOne(Path directory) {
        return EncoderFolder.isNamed(directory, TYPE);
    }

    /**
     * Reads the configuration of a directory; weights and tokenizer are only looked for when asked for.
     *
     * @throws ChiaroException of kind model, naming the file, for what is missing, damaged or not supported
     */
    public static SparseDirectory open(Path directory) {
        Path path = EncoderFolder.existing(directory);
        JsonObject reader = Json.object(Kind.MODEL, path.resolve(EncoderFolder.READER));
        EncoderFolder.refuseUnless(reader, "model_type", reader.string("model_type", ""), TYPE);
        EncoderFolder.refusePrompts(reader);
        List<JsonObject> modules = Json.objects(Kind.MODEL, path.resolve(MODULES));
        if (modules.size() != 2
                || !modules.get(0).string("type").endsWith("Transformer")
                || !modules.get(0).string("path", "").isEmpty()
                || !modules.get(1).string("type").endsWith("SpladePooling")) {
            throw ChiaroException.model(path.resolve(MODULES)
                    + ": expected an encoder in the directory itself and the module SpladePooling, but found "
                    + modules.stream().map(module -> module.string("type")).toList()
                    + ". Only this form of a sparse encoder is supported.");
        }
        JsonObject pooling = Json.object(
                Kind.MODEL, path.resolve(modules.get(1).string("path")).resolve("config.json"));
        EncoderFolder.refuseUnless(pooling, "pooling_strategy", pooling.string("pooling_strategy", "max"), "max");
        EncoderFolder.refuseUnless(
                pooling, "activation_function", pooling.string("activation_function", "relu"), "relu");
        JsonObject json = Json.object(Kind.MODEL, path.resolve("config.json"));
        BertConfig config = EncoderFolder.config(json);
        EncoderFolder.refuseUnless(
                json, "tie_word_embeddings", String.valueOf(json.bool("tie_word_embeddings", true)), "true");
        try {
            JsonObject length = EncoderFolder.optional(path.resolve("sentence_bert_config.json"));
            int limit = length.has("max_seq_length")
                    ? length.integer("max_seq_length")
                    : EncoderFolder.maxTokens(path, config);
            return new SparseDirectory(
                    new EncoderFolder(path, path), new SparseSpecification(EncoderFolder.name(path), config, limit));
        } catch (IllegalArgumentException e) {
            throw json.error(e.getMessage() + ". Correct the file.");
        }
    }

    /**
     * Writes all files of a model but its weights, which belong in {@code model.safetensors} beside them, under the names of {@link
     * BertWeightNames#inPredictor}. Each file is replaced atomically; other files of the directory stay.
     *
     * @throws ChiaroException of kind resources if the disk does not take them
     */
    public static void write(Path directory, SparseSpecification specification, Tokenizer tokenizer, ModelCard card) {
        Path path = directory.toAbsolutePath().normalize();
        EncoderWriter writer = new EncoderWriter(path, specification.config(), specification.maxTokens(), tokenizer);
        writer.writeTokenizer();
        AtomicFiles.createFolder(path.resolve(POOLING));
        Map<String, @Nullable Object> config = writer.config("BertForMaskedLM");
        config.put("tie_word_embeddings", true);
        Json.write(path.resolve("config.json"), config);
        writer.writeLimit();
        Map<String, Object> pooling = new LinkedHashMap<>();
        pooling.put("pooling_strategy", "max");
        pooling.put("activation_function", "relu");
        pooling.put("word_embedding_dimension", specification.config().vocabularySize());
        Json.write(path.resolve(POOLING).resolve("config.json"), pooling);
        AtomicFiles.write(path.resolve("README.md"), card.markdown(specification));
        Json.write(
                path.resolve(MODULES),
                List.of(
                        EncoderWriter.module(0, "", "sentence_transformers.sparse_encoder.models.MLMTransformer"),
                        EncoderWriter.module(1, POOLING, "sentence_transformers.sparse_encoder.models.SpladePooling")));
        Map<String, Object> reader = new LinkedHashMap<>();
        reader.put("__version__", EncoderWriter.FORMAT);
        reader.put("model_type", TYPE);
        reader.put("prompts", Map.of());
        reader.put("similarity_fn_name", "dot");
        // Last, because it is what turns the directory into a model.
        Json.write(path.resolve(EncoderFolder.READER), reader);
    }

    /** What a reader of results must know; reads the weights for their hash. */
    public ModelDescription description() {
        return specification().description(hash());
    }
}
