package io.chiaro.model;

import io.chiaro.core.AtomicFiles;
import io.chiaro.core.ChiaroException;
import io.chiaro.core.ChiaroException.Kind;
import io.chiaro.core.Hashes;
import io.chiaro.core.Json;
import io.chiaro.core.JsonObject;
import io.chiaro.core.Safetensors;
import io.chiaro.model.LateInteractionSpecification.Side;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A directory that holds a late-interaction model in the layout of PyLate, which {@code MultiVectorEncoder} of sentence-transformers reads
 * too: a BERT encoder, a linear layer without bias in {@code 1_Dense}, and {@code config_sentence_transformers.json} with markers and
 * limits. What a directory asks for and Chiaro cannot do is an error, never passed over.
 *
 * <p>Nothing executable is loaded. Immutable; safe for any thread.
 */
public final class LateInteractionDirectory extends EncoderDirectory<LateInteractionSpecification> {

    /** The name of the linear layer's matrix, [dimension, hidden], in its file. */
    public static final String PROJECTION = "linear.weight";

    private static final String MODULES = "modules.json";
    private static final String TYPE = "ColBERT";
    private static final String DENSE = "1_Dense";
    private static final String IDENTITY = "torch.nn.modules.linear.Identity";

    private LateInteractionDirectory(EncoderFolder folder, LateInteractionSpecification specification) {
        super(folder, specification.config(), specification);
    }

    /** Whether a directory says that its model compares texts token by token. */
    public static boolean isOne(Path directory) {
        return EncoderFolder.isNamed(directory, TYPE);
    }

    /**
     * Reads the configuration of a directory; weights and tokenizer are only looked for when asked for.
     *
     * @throws ChiaroException of kind model, naming the file, for what is missing, damaged or not supported
     */
    public static LateInteractionDirectory open(Path directory) {
        Path path = EncoderFolder.existing(directory);
        JsonObject reader = Json.object(Kind.MODEL, path.resolve(EncoderFolder.READER));
        EncoderFolder.refuseUnless(reader, "model_type", reader.string("model_type", ""), TYPE);
        List<String> types = Json.objects(Kind.MODEL, path.resolve(MODULES)).stream()
                .map(module -> module.string("type") + " in \"" + module.string("path", "") + "\"")
                .toList();
        if (types.size() != 2
                || !types.get(0).endsWith("Transformer in \"\"")
                || !types.get(1).endsWith("Dense in \"" + DENSE + "\"")) {
            throw ChiaroException.model(path.resolve(MODULES)
                    + ": expected an encoder in the directory itself and one linear layer in " + DENSE + ", but found "
                    + types + ". Only this form of a late-interaction model is supported.");
        }
        JsonObject encoder = Json.object(Kind.MODEL, path.resolve("config.json"));
        BertConfig config = EncoderFolder.config(encoder);
        int dimension = dimension(Json.object(Kind.MODEL, path.resolve(DENSE).resolve("config.json")), config);
        boolean expands = reader.bool("do_query_expansion", true);
        if (expands) {
            // Masks that others do not attend to would need a mask within a text.
            EncoderFolder.refuseUnless(
                    reader,
                    "attend_to_expansion_tokens",
                    String.valueOf(reader.bool("attend_to_expansion_tokens", false)),
                    "true");
        }
        try {
            LateInteractionSpecification specification = new LateInteractionSpecification(
                    EncoderFolder.name(path),
                    config,
                    dimension,
                    new Side(reader.string("query_prefix", ""), reader.integer("query_length")),
                    new Side(reader.string("document_prefix", ""), reader.integer("document_length")),
                    expands,
                    reader.strings("skiplist_words"));
            return new LateInteractionDirectory(new EncoderFolder(path, path), specification);
        } catch (IllegalArgumentException e) {
            throw reader.error(e.getMessage() + ". Correct the file.");
        }
    }

    private static int dimension(JsonObject dense, BertConfig config) {
        EncoderFolder.refuseUnless(dense, "bias", String.valueOf(dense.bool("bias", true)), "false");
        EncoderFolder.refuseUnless(dense, "use_residual", String.valueOf(dense.bool("use_residual", false)), "false");
        EncoderFolder.refuseUnless(
                dense, "activation_function", dense.string("activation_function", IDENTITY), IDENTITY);
        EncoderFolder.refuseUnless(
                dense,
                "in_features",
                String.valueOf(dense.integer("in_features")),
                String.valueOf(config.hiddenSize()));
        return dense.integer("out_features");
    }

    /**
     * Writes all files of a model but its weights, which belong in {@code model.safetensors} and, under the name {@link #PROJECTION}, in
     * {@link #projectionFile}. Each file is replaced atomically; other files of the directory stay.
     *
     * @throws ChiaroException of kind resources if the disk does not take them
     */
    public static void write(
            Path directory, LateInteractionSpecification specification, Tokenizer tokenizer, ModelCard card) {
        Path path = directory.toAbsolutePath().normalize();
        int longest = Math.max(
                specification.query().maxTokens(), specification.document().maxTokens());
        EncoderWriter writer = new EncoderWriter(path, specification.config(), longest, tokenizer);
        writer.writeTokenizer();
        AtomicFiles.createFolder(path.resolve(DENSE));
        Json.write(path.resolve("config.json"), writer.config("BertModel"));
        writer.writeLimit();
        Map<String, Object> dense = new LinkedHashMap<>();
        dense.put("in_features", specification.config().hiddenSize());
        dense.put("out_features", specification.dimension());
        dense.put("bias", false);
        dense.put("activation_function", IDENTITY);
        Json.write(path.resolve(DENSE).resolve("config.json"), dense);
        AtomicFiles.write(path.resolve("README.md"), card.markdown(specification));
        Json.write(
                path.resolve(MODULES),
                List.of(
                        EncoderWriter.module(0, "", "sentence_transformers.models.Transformer"),
                        EncoderWriter.module(1, DENSE, "pylate.models.Dense.Dense")));
        // Last, because it is what turns the directory into a model.
        Json.write(path.resolve(EncoderFolder.READER), reader(specification));
    }

    private static Map<String, Object> reader(LateInteractionSpecification specification) {
        Map<String, Object> reader = new LinkedHashMap<>();
        reader.put("__version__", EncoderWriter.FORMAT);
        reader.put("model_type", TYPE);
        reader.put("prompts", Map.of());
        reader.put("similarity_fn_name", "MaxSim");
        reader.put("query_prefix", specification.query().marker());
        reader.put("document_prefix", specification.document().marker());
        reader.put("query_length", specification.query().maxTokens());
        reader.put("document_length", specification.document().maxTokens());
        reader.put("do_query_expansion", specification.expandsQueries());
        reader.put("attend_to_expansion_tokens", specification.expandsQueries());
        reader.put("skiplist_words", specification.skipped());
        return reader;
    }

    /** Where the matrix of the linear layer lies in the directory of a model. */
    public static Path projectionFile(Path directory) {
        return directory.resolve(DENSE).resolve("model.safetensors");
    }

    /** The matrix of the linear layer, [dimension, hidden], row after row. */
    public float[] projection() {
        Path file = projectionFile(path());
        try (Safetensors weights = Safetensors.open(file)) {
            List<Long> shape = List.of((long) specification().dimension(), (long)
                    specification().config().hiddenSize());
            if (!weights.names().contains(PROJECTION)
                    || !weights.tensor(PROJECTION).shape().equals(shape)) {
                throw ChiaroException.model(file + ": expected the matrix " + PROJECTION + " of shape " + shape
                        + ", but found " + weights.names() + ". Take all files from one model.");
            }
            return weights.floats(PROJECTION);
        }
    }

    /** Opens the tokens of the model, with its tokenizer; the caller closes them. */
    public LateInteractionTokens openTokens() {
        Tokenizer tokenizer = openTokenizer();
        try {
            return new LateInteractionTokens(tokenizer, specification());
        } catch (RuntimeException e) {
            tokenizer.close();
            throw e;
        }
    }

    /** SHA-256 of the weights of encoder and layer, or of the ONNX graph if there are no others. Reads them whole. */
    @Override
    public String hash() {
        Path projection = projectionFile(path());
        if (weights().isEmpty() || !Files.isRegularFile(projection)) {
            return super.hash();
        }
        List<Path> files = new ArrayList<>(Safetensors.files(weights().orElseThrow()));
        files.add(projection);
        return Hashes.sha256(files);
    }

    /** What a reader of results must know; reads the weights for their hash. */
    public RerankerDescription description() {
        return specification().description(hash());
    }
}
