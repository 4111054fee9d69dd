package io.chiaro.text;

import io.chiaro.core.ChiaroException;
import io.chiaro.core.Hashes;
import io.chiaro.core.Names;
import io.chiaro.core.Safetensors;
import io.chiaro.model.BertConfig;
import io.chiaro.model.BertWeightNames;
import io.chiaro.model.Embedder;
import io.chiaro.model.ModelCard;
import io.chiaro.model.ModelDescription;
import io.chiaro.model.ModelDirectory;
import io.chiaro.model.ModelSpecification;
import io.chiaro.model.TextRole;
import io.chiaro.model.Tokenizer;
import io.chiaro.nn.Dropout;
import io.chiaro.nn.PackedSequences;
import io.chiaro.onnx.EmbeddedModel;
import io.chiaro.onnx.EmbeddedModels;
import io.chiaro.onnx.OnnxBert;
import io.chiaro.onnx.OnnxBertWriter;
import io.chiaro.onnx.OnnxHead;
import io.chiaro.onnx.OnnxParity;
import io.chiaro.onnx.OnnxQuantizer;
import io.chiaro.tensor.Grad;
import io.chiaro.tensor.ParameterStore;
import io.chiaro.tensor.Scope;
import io.chiaro.tensor.Tensor;
import io.chiaro.train.ParameterFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;

/**
 * A text-embedding model that can be trained: tower, tokenizer, and all that a model directory says besides.
 *
 * <p>Where it comes from is written as a name ({@code all-MiniLM-L6-v2}), as a directory, or as {@code fresh:SIZE} or
 * {@code fresh:DIR} for an encoder that has learned nothing: SIZE is one of the sizes of Turc et al. (2019) with the
 * tokenizer of all-MiniLM-L6-v2, DIR holds config.json and tokenizer.json.
 *
 * <p>Not thread-safe. Closing it releases parameters and tokenizer.
 */
public final class TextModel implements AutoCloseable {

    /** Before a size or directory: an encoder that has learned nothing. */
    static final String FRESH = "fresh:";

    private static final Map<String, int[]> SIZES = sizes();
    private static final int CHUNK_TOKENS = 4096;

    private final TextTower tower;
    private final Tokenizer tokenizer;
    private final ModelSpecification specification;

    private TextModel(TextTower tower, Tokenizer tokenizer, ModelSpecification specification) {
        this.tower = tower;
        this.tokenizer = tokenizer;
        this.specification = specification;
    }

    /** Layers, width and heads by name (Turc et al., 2019, "Well-read students learn better", table 1). */
    private static Map<String, int[]> sizes() {
        Map<String, int[]> sizes = new LinkedHashMap<>();
        sizes.put("tiny", new int[] {2, 128, 2});
        sizes.put("mini", new int[] {4, 256, 4});
        sizes.put("small", new int[] {4, 512, 8});
        sizes.put("medium", new int[] {8, 512, 8});
        sizes.put("base", new int[] {12, 768, 12});
        return sizes;
    }

    /**
     * Loads a model to be trained or used.
     *
     * @param base a name, a directory, or {@code fresh:SIZE} or {@code fresh:DIR}
     * @param seed for the numbers of a fresh encoder
     */
    public static TextModel load(String base, long seed) {
        return load(base, seed, Additions.NONE);
    }

    /**
     * What a model has beside what it was loaded from.
     *
     * @param softPrompt how many new tokens stand before every text; if any, {@code parameters} must declare their vectors
     * @param domains whose experts begin as copies of the feed-forward parts of a model that has none
     * @param parameters declares arrays, such as a training head's, for a specification that has the new tokens
     */
    record Additions(
            int softPrompt, List<String> domains, BiConsumer<ParameterStore.Builder, ModelSpecification> parameters) {

        static final Additions NONE = new Additions(0, (builder, specification) -> {});

        Additions(int softPrompt, BiConsumer<ParameterStore.Builder, ModelSpecification> parameters) {
            this(softPrompt, List.of(), parameters);
        }
    }

    /** As {@link #load(String, long)}, with something beside the encoder's own. */
    static TextModel load(String base, long seed, Additions more) {
        if (base.startsWith(FRESH)) {
            return fresh(base.substring(FRESH.length()), seed, more);
        }
        if (EmbeddedModels.lookup(base).isPresent()) {
            return embedded(EmbeddedModels.find(base), seed, more);
        }
        if (!Files.isDirectory(Path.of(base))) {
            throw ChiaroException.usage(
                    "base: expected the name of an embedded model or a model directory, but found \"" + base + "\". "
                            + Names.hint(base, EmbeddedModels.names()));
        }
        ModelDirectory directory = ModelDirectory.open(Path.of(base));
        TextModel model = create(directory.specification(), directory.openTokenizer(), false, seed, more);
        try (Safetensors weights = directory.openWeights()) {
            BertWeightNames names =
                    BertWeightNames.checked(directory.specification().config(), weights);
            names.inFile().forEach((canonical, inFile) -> model.fill(canonical, weights.floats(inFile)));
        } catch (RuntimeException e) {
            model.close();
            throw e;
        }
        return model;
    }

    private static TextModel embedded(EmbeddedModel embedded, long seed, Additions more) {
        OnnxBert weights = embedded.weights();
        TextModel model = create(embedded.specification(), Tokenizer.of(embedded.tokenizerJson()), false, seed, more);
        weights.parameters().forEach((name, parameter) -> model.fill(name, parameter.values()));
        return model;
    }

    private void fill(String name, float[] values) {
        int experts = specification.config().domains().size();
        if (experts > 0 && !BertWeightNames.ofExpert(name, 0).equals(name)) {
            // What the loaded model has once becomes the beginning of every expert.
            for (int expert = 0; expert < experts; expert++) {
                parameters().array(BertWeightNames.ofExpert(name, expert)).put(values);
            }
            return;
        }
        tower.encoder().fill(name, values);
    }

    private static TextModel fresh(String size, long seed, Additions more) {
        if (Files.isDirectory(Path.of(size))) {
            ModelDirectory directory = ModelDirectory.open(Path.of(size));
            return create(directory.specification(), directory.openTokenizer(), true, seed, more);
        }
        int[] shape = SIZES.get(size);
        if (shape == null) {
            throw ChiaroException.usage("base: expected a size or a directory behind \"" + FRESH + "\", but found \""
                    + size + "\". " + Names.hint(size, SIZES.keySet()));
        }
        EmbeddedModel vocabulary = EmbeddedModels.find("all-MiniLM-L6-v2");
        Tokenizer tokenizer = Tokenizer.of(vocabulary.tokenizerJson());
        BertConfig config = BertConfig.of(tokenizer.vocabularySize(), shape[1], shape[0], shape[2]);
        return create(ModelSpecification.of(FRESH + size, config), tokenizer, true, seed, more);
    }

    private static TextModel create(ModelSpecification found, Tokenizer own, boolean fresh, long seed, Additions more) {
        int first = own.vocabularySize();
        Tokenizer tokenizer =
                more.softPrompt() == 0 ? own : SoftPrompt.tokens(own, found.maxTokens(), more.softPrompt());
        List<String> domains = found.config().domains().isEmpty()
                ? more.domains()
                : found.config().domains();
        ModelSpecification specification = found.withConfig(
                found.config().withRoomFor(tokenizer.vocabularySize()).withDomains(domains));
        BertEncoder encoder = BertEncoder.create(
                specification.config(), first, builder -> more.parameters().accept(builder, specification));
        // The encoder's own arrays are drawn only if no weights will fill them.
        Set<String> ofEncoder = new HashSet<>(encoder.arrayNames());
        BertEncoder.initialize(
                encoder.parameters(),
                name -> fresh || !ofEncoder.contains(name),
                specification.config().initializerRange(),
                seed);
        return new TextModel(new TextTower(encoder, specification.poolings()), tokenizer, specification);
    }

    /** The part that is trained. */
    public TextTower tower() {
        return tower;
    }

    /** Turns texts into ids. */
    public Tokenizer tokenizer() {
        return tokenizer;
    }

    /** All that the model directory says. */
    public ModelSpecification specification() {
        return specification;
    }

    /** What is trained. */
    public ParameterStore parameters() {
        return tower.parameters();
    }

    /**
     * The model of one domain, for a model with experts: one without any, in which all texts take what the domain's texts took. A copy, to be
     * closed by who asked for it.
     *
     * @throws ChiaroException of kind usage, naming the nearest, if there is no such domain
     */
    public TextModel ofDomain(String domain) {
        int expert = specification.config().expert(domain);
        ModelSpecification dense =
                specification.withConfig(specification.config().withDomains(List.of()));
        TextModel copy = create(dense, Tokenizer.of(tokenizer.json()), false, 0, Additions.NONE);
        for (String name : copy.tower.encoder().arrayNames()) {
            copy.parameters().array(name).put(floats(BertWeightNames.ofExpert(name, expert)));
        }
        return copy;
    }

    /**
     * The model whose encoder ends after some layers. A copy, to be closed by who asked for it.
     *
     * @throws ChiaroException of kind usage if it has fewer
     */
    public TextModel ofLayers(int count) {
        int most = specification.config().layers();
        if (count < 1 || count > most) {
            throw ChiaroException.usage("layers: expected a number from 1 to " + most + ", the layers of "
                    + specification.name() + ", but found " + count + ".");
        }
        TextModel copy = create(
                specification.withConfig(specification.config().withLayers(count)),
                Tokenizer.of(tokenizer.json()),
                false,
                0,
                Additions.NONE);
        for (String name : copy.tower.encoder().arrayNames()) {
            copy.parameters().array(name).put(floats(name));
        }
        return copy;
    }

    private float[] floats(String array) {
        try (Scope scope = Scope.open("copy")) {
            return parameters().array(array).toFloats();
        }
    }

    /**
     * The vectors of tokenised texts by the current parameters, without dropout, of length one if the model says so.
     *
     * @return [texts][dimension]
     */
    public float[][] embedTokens(List<int[]> texts) {
        return vectors(texts, specification.normalized());
    }

    /** The same as an objective sees them, of any length. */
    float[][] encodeTokens(List<int[]> texts) {
        return vectors(texts, false);
    }

    private float[][] vectors(List<int[]> texts, boolean normalized) {
        float[][] vectors = new float[texts.size()][];
        for (int[] chunk : TokenChunks.cut(texts, CHUNK_TOKENS)) {
            List<int[]> some = new ArrayList<>(chunk.length);
            for (int place : chunk) {
                some.add(texts.get(place));
            }
            try (Scope scope = Scope.open("embed");
                    Grad off = Grad.disabled()) {
                Tensor output =
                        tower.forward(PackedSequences.of(some), Dropout.off()).output();
                float[][] rows = (normalized ? output.normalize(1) : output).toRows();
                for (int i = 0; i < chunk.length; i++) {
                    vectors[chunk[i]] = rows[i];
                }
            }
        }
        return vectors;
    }

    /** The model as others see it, by the current parameters. It lives as long as this model; closing it does nothing. */
    public Embedder embedder() {
        return new TowerEmbedder(this);
    }

    /** SHA-256 of the encoder's current parameters. */
    public String hash() {
        return ParameterFiles.hash(parameters(), tower.encoder().arrayNames());
    }

    /** Writes the model in the layout of sentence-transformers, weights as safetensors. */
    public void save(Path directory, ModelCard card) {
        save(directory, card, List.of());
    }

    /** The same with a head of token prediction, under the names that a {@code BertForMaskedLM} gives it; readers of embeddings pass over it. */
    void saveWithHead(Path directory, ModelCard card) {
        save(directory, card, TokenPredictionHead.names());
    }

    private void save(Path directory, ModelCard card, List<String> ofHead) {
        ModelDirectory.write(directory, specification, tokenizer, card);
        List<String> names = new ArrayList<>(tower.encoder().arrayNames());
        names.addAll(ofHead);
        ParameterFiles.write(
                directory.resolve("model.safetensors"),
                parameters(),
                names,
                name -> ofHead.contains(name) ? TokenPredictionHead.inFile(name) : name);
    }

    /**
     * Writes the model as an ONNX graph with {@code token_embeddings} and {@code sentence_embedding} into a directory that
     * {@link #save} has written, as {@code onnx/model.onnx}; then runs it in ONNX Runtime and compares. The graph bears the
     * hash of the weights beside it. A model with experts becomes a graph for each domain, {@code onnx/expert-0.onnx} and so on, each an
     * ordinary one.
     *
     * @return how well both agree
     * @throws ChiaroException of kind model if they do not
     */
    public OnnxParity export(Path directory) {
        Path file = directory.resolve("onnx").resolve("model.onnx");
        Path weights = directory.resolve("model.safetensors");
        String weightsHash = Files.isRegularFile(weights) ? Hashes.sha256(weights) : hash();
        List<String> domains = specification.config().domains();
        OnnxParity worst = null;
        for (int expert = 0; expert < domains.size(); expert++) {
            try (TextModel dense = ofDomain(domains.get(expert))) {
                OnnxParity found = dense.export(directory.resolve(ModelDirectory.graphOf(expert)), weightsHash);
                worst = worst == null || found.minimumCosine() < worst.minimumCosine() ? found : worst;
            }
        }
        return worst == null ? export(file, weightsHash) : worst;
    }

    private OnnxParity export(Path file, String weightsHash) {
        OnnxHead head = new OnnxHead(
                specification.poolings(),
                specification.normalized(),
                Map.of("model", specification.name(), OnnxHead.WEIGHTS_HASH, weightsHash));
        OnnxBertWriter.write(
                file, specification.config(), name -> parameters().array(name).toFloats(), head);
        List<int[]> tokens = tokenizer.encodeAll(OnnxParity.sampleTexts(), specification.maxTokens());
        return OnnxParity.check(file, tokens, embedTokens(tokens));
    }

    /**
     * Does as {@link #export}, and then makes the weights of the graph bytes ({@link OnnxQuantizer}).
     *
     * @return how well the quantised graph agrees with this model
     * @throws ChiaroException of kind model if a cosine is below {@link OnnxParity#REQUIRED_OF_BYTES}
     */
    public OnnxParity exportBytes(Path directory) {
        if (!specification.config().domains().isEmpty()) {
            throw ChiaroException.usage(
                    "export: expected a model of one domain to make its graph one of bytes, but this one"
                            + " has experts for " + specification.config().domains()
                            + ". Name one of them by --domain.");
        }
        export(directory);
        Path file = directory.resolve("onnx").resolve("model.onnx");
        Path bytes = file.resolveSibling("model.onnx.bytes");
        List<int[]> tokens = tokenizer.encodeAll(OnnxParity.sampleTexts(), specification.maxTokens());
        try {
            OnnxQuantizer.quantize(file, bytes);
            OnnxParity parity = OnnxParity.check(bytes, tokens, embedTokens(tokens), OnnxParity.REQUIRED_OF_BYTES);
            Files.move(bytes, file, StandardCopyOption.REPLACE_EXISTING);
            return parity;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            deleteIfThere(bytes);
        }
    }

    private static void deleteIfThere(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        tower.close();
        tokenizer.close();
    }

    /** This model behind the interface of judging and indexing. */
    private record TowerEmbedder(TextModel model) implements Embedder {

        @Override
        public float[][] embed(List<String> texts, TextRole role) {
            String prompt = model.specification.prompts().of(role);
            List<String> prompted = prompt.isEmpty()
                    ? texts
                    : texts.stream().map(text -> prompt + text).toList();
            return model.embedTokens(model.tokenizer.encodeAll(prompted, model.specification.maxTokens()));
        }

        @Override
        public ModelDescription description() {
            return model.specification.description(model.hash());
        }

        @Override
        public void close() {}
    }
}
