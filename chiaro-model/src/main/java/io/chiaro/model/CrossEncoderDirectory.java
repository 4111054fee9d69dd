package io.chiaro.model;

import io.chiaro.core.AtomicFiles;
import io.chiaro.core.ChiaroException;
import io.chiaro.core.ChiaroException.Kind;
import io.chiaro.core.Json;
import io.chiaro.core.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A directory that holds a cross-encoder: the plain Hugging Face form of a {@code BertForSequenceClassification}, with one label for a score
 * or with one for each class, as sentence-transformers' {@code CrossEncoder} reads and writes it. What a directory asks for and Chiaro cannot do is an error,
 * never passed over.
 *
 * <p>Nothing executable is loaded. Immutable; safe for any thread.
 */
public final class CrossEncoderDirectory extends EncoderDirectory<CrossEncoderSpecification> {

    private static final String ARCHITECTURE = "BertForSequenceClassification";
    private static final String MODULES = "modules.json";

    private CrossEncoderDirectory(EncoderFolder folder, CrossEncoderSpecification specification) {
        super(folder, specification.config(), specification);
    }

    /** Whether a directory says that its model scores texts. */
    public static boolean isOne(Path directory) {
        Path config = directory.resolve("config.json");
        return Files.isRegularFile(config)
                && (!Files.exists(directory.resolve(MODULES)) || isNamed(directory))
                && Json.object(Kind.MODEL, config).strings("architectures", List.of()).stream()
                        .anyMatch(architecture -> architecture.endsWith("ForSequenceClassification"));
    }

    /** Whether the file of a later sentence-transformers, which lists modules here too, calls the model one. */
    private static boolean isNamed(Path directory) {
        return EncoderFolder.isNamed(directory, "CrossEncoder");
    }

    /**
     * Reads the configuration of a directory; weights and tokenizer are only looked for when asked for.
     *
     * @throws ChiaroException of kind model, naming the file, for what is missing, damaged or not supported
     */
    public static CrossEncoderDirectory open(Path directory) {
        Path path = EncoderFolder.existing(directory);
        if (Files.exists(path.resolve(MODULES)) && !isNamed(path)) {
            throw ChiaroException.model(
                    path + ": expected a cross-encoder, but found a modules.json, the sign of a model that"
                            + " embeds texts. Train a cross-encoder from it with chiaro fit --recipe cross-encoder.");
        }
        JsonObject json = Json.object(Kind.MODEL, path.resolve("config.json"));
        BertConfig config = EncoderFolder.config(json);
        if (!json.strings("architectures", List.of()).contains(ARCHITECTURE)) {
            throw json.error("expected the architecture \"" + ARCHITECTURE + "\", but found "
                    + json.strings("architectures", List.of()) + ". Only cross-encoders score pairs of texts.");
        }
        List<String> classes = classes(json);
        ScoreActivation usual = classes.isEmpty() ? ScoreActivation.SIGMOID : ScoreActivation.IDENTITY;
        JsonObject reader = checkedReader(path);
        try {
            CrossEncoderSpecification specification = new CrossEncoderSpecification(
                    EncoderFolder.name(path),
                    config,
                    EncoderFolder.maxTokens(path, config),
                    ScoreActivation.of(reader.has("activation_fn") ? reader : json, usual),
                    classes);
            return new CrossEncoderDirectory(new EncoderFolder(path, path), specification);
        } catch (IllegalArgumentException e) {
            throw json.error(e.getMessage() + ". Correct the file.");
        }
    }

    /** The names of several labels, by their numbers; none if there is one, which is a score. A file that says nothing of labels means two. */
    private static List<String> classes(JsonObject json) {
        if (!json.isObject("id2label")) {
            return List.of("LABEL_0", "LABEL_1");
        }
        JsonObject labels = json.object("id2label");
        int count = labels.keys().size();
        if (count == 1) {
            return List.of();
        }
        if (count == 0 || !IntStream.range(0, count).mapToObj(String::valueOf).allMatch(labels::has)) {
            throw json.error("expected the labels 0, 1, ... at \"id2label\", but found " + labels.keys()
                    + ". Correct the file.");
        }
        return IntStream.range(0, count)
                .mapToObj(String::valueOf)
                .map(labels::string)
                .toList();
    }

    /** What a later sentence-transformers says beside the plain form, without what would change scores. */
    private static JsonObject checkedReader(Path path) {
        if (Files.exists(path.resolve(MODULES))) {
            List<JsonObject> modules = Json.objects(Kind.MODEL, path.resolve(MODULES));
            if (modules.size() != 1 || !modules.get(0).string("path", "").isEmpty()) {
                throw ChiaroException.model(path.resolve(MODULES)
                        + ": expected one module, the encoder with its head, in the directory itself, but found "
                        + modules.size() + ". Only the plain form of a cross-encoder is supported.");
            }
        }
        JsonObject reader = EncoderFolder.optional(path.resolve(EncoderFolder.READER));
        EncoderFolder.refusePrompts(reader);
        return reader;
    }

    /**
     * Writes all files of a model but its weights, which belong in {@code model.safetensors} beside them, under the names of
     * {@link BertWeightNames#scorer}. Each file is replaced atomically; other files of the directory stay.
     *
     * @throws ChiaroException of kind resources if the disk does not take them
     */
    public static void write(
            Path directory, CrossEncoderSpecification specification, Tokenizer tokenizer, ModelCard card) {
        Path path = directory.toAbsolutePath().normalize();
        EncoderWriter writer = new EncoderWriter(path, specification.config(), specification.maxTokens(), tokenizer);
        writer.writeTokenizer();
        AtomicFiles.write(path.resolve("README.md"), card.markdown(specification));
        Map<String, @Nullable Object> config = writer.config(ARCHITECTURE);
        List<String> labels = specification.classifies() ? specification.classes() : List.of("LABEL_0");
        Map<String, Object> names = new LinkedHashMap<>();
        Map<String, Object> numbers = new LinkedHashMap<>();
        for (int label = 0; label < labels.size(); label++) {
            names.put(String.valueOf(label), labels.get(label));
            numbers.put(labels.get(label), label);
        }
        config.put("id2label", names);
        config.put("label2id", numbers);
        Map<String, Object> reader = new LinkedHashMap<>();
        reader.put("activation_fn", specification.activation().written());
        reader.put("version", EncoderWriter.FORMAT.get("sentence_transformers"));
        config.put("sentence_transformers", reader);
        // Last, because it is what turns the directory into a model.
        Json.write(path.resolve("config.json"), config);
    }

    /** What a reader of results must know; reads the weights for their hash. */
    public RerankerDescription description() {
        return specification().description(hash());
    }
}
