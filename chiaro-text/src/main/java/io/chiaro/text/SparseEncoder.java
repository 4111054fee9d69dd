package io.chiaro.text;

import io.chiaro.core.AtomicFiles;
import io.chiaro.core.ChiaroException;
import io.chiaro.core.Hashes;
import io.chiaro.core.Safetensors;
import io.chiaro.data.TextEncoder;
import io.chiaro.model.BertConfig;
import io.chiaro.model.BertWeightNames;
import io.chiaro.model.ModelCard;
import io.chiaro.model.ModelDescription;
import io.chiaro.model.Reranker;
import io.chiaro.model.RerankerDescription;
import io.chiaro.model.SparseDirectory;
import io.chiaro.model.SparseEmbedder;
import io.chiaro.model.SparseSpecification;
import io.chiaro.model.SparseVector;
import io.chiaro.model.Tokenizer;
import io.chiaro.nn.Dropout;
import io.chiaro.nn.PackedSequences;
import io.chiaro.nn.Pass;
import io.chiaro.onnx.EmbeddedModels;
import io.chiaro.onnx.OnnxBertWriter;
import io.chiaro.onnx.OnnxHead;
import io.chiaro.onnx.OnnxParity;
import io.chiaro.tensor.Grad;
import io.chiaro.tensor.ParameterStore;
import io.chiaro.tensor.Scope;
import io.chiaro.tensor.Tensor;
import io.chiaro.train.ParameterFiles;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * A sparse encoder that can be trained (Formal et al., "SPLADE v2: Sparse Lexical and Expansion Model for Information Retrieval", 2021,
 * section 3): the scores z of a masked language model say how much a text is about each token j of the vocabulary,
 *
 * <pre>
 * w_j = log(1 + max(0, max over tokens t of the text of z_tj))
 * </pre>
 *
 * <p>Packed texts in, [texts, vocabulary] out. Not thread-safe. Closing it releases parameters and tokenizer.
 */
public final class SparseEncoder implements TextScorer {

    private static final int CHUNK_TOKENS = 512;

    private final BertEncoder encoder;
    private final TokenPredictionHead head;
    private final Tokenizer tokenizer;
    private final SparseSpecification specification;
    private final boolean learnedHead;
    private final HeadStart headStart;

    private SparseEncoder(
            BertEncoder encoder,
            Tokenizer tokenizer,
            SparseSpecification specification,
            boolean learnedHead,
            Optional<HeadStart> headStart) {
        this.encoder = encoder;
        this.head = new TokenPredictionHead(encoder);
        this.tokenizer = tokenizer;
        this.specification = specification;
        this.learnedHead = learnedHead;
        this.headStart = headStart.orElse(learnedHead ? HeadStart.NONE : HeadStart.LEXICAL);
    }

    /**
     * Loads a sparse encoder, or makes one of an encoder of texts: with the head of masked language modelling that lies beside its weights,
     * else with one that has learned nothing until {@link #begin} fits it.
     *
     * @param base the directory of a sparse encoder, or what {@link TextModel#load} takes
     * @param seed for the numbers of a head or an encoder that is new
     * @param maxTokens where texts are cut, in place of the base's own limit
     * @throws ChiaroException of kind usage if it is none of these, of kind model if it cannot be used
     */
    public static SparseEncoder load(String base, long seed, Optional<Integer> maxTokens) {
        return load(base, seed, maxTokens, Optional.empty());
    }

    /**
     * As {@link #load(String, long, Optional)}, with a say in where its head begins.
     *
     * @param headStart lexical where the base has no head, unless told
     */
    static SparseEncoder load(String base, long seed, Optional<Integer> maxTokens, Optional<HeadStart> headStart) {
        return load(base, seed, maxTokens, headStart, EncoderTuning.WHOLE);
    }

    /** The same, with what learns in place of the encoder's own numbers; no soft prompt, whose tokens are none to predict. */
    static SparseEncoder load(
            String base, long seed, Optional<Integer> maxTokens, Optional<HeadStart> headStart, EncoderTuning tuning) {
        Path path = Path.of(base);
        boolean folder = EmbeddedModels.lookup(base).isEmpty() && Files.isDirectory(path);
        if (folder && SparseDirectory.isOne(path)) {
            SparseDirectory directory = SparseDirectory.open(path);
            SparseSpecification found = directory.specification();
            tuning.requireFit(found.config());
            SparseEncoder opened = new SparseEncoder(
                    BertEncoder.create(found.config(), builder -> {
                        tuning.declare(builder, found.config());
                        TokenPredictionHead.declare(builder, found.config());
                    }),
                    directory.openTokenizer(),
                    limited(base, found, maxTokens),
                    true,
                    headStart);
            try (Safetensors weights = directory.openWeights()) {
                opened.fill(BertWeightNames.checkedPredictor(found.config(), weights), weights);
            } catch (RuntimeException e) {
                opened.close();
                throw e;
            }
            return opened;
        }
        TextModel model = TextModel.load(base, seed, new TextModel.Additions(0, (builder, made) -> {
            tuning.declare(builder, made.config());
            TokenPredictionHead.declare(builder, made.config());
        }));
        try {
            SparseSpecification specification = new SparseSpecification(
                    model.specification().name(),
                    model.specification().config(),
                    model.specification().maxTokens());
            boolean learned = folder && fillHead(path, model.parameters());
            return new SparseEncoder(
                    model.tower().encoder(),
                    model.tokenizer(),
                    limited(base, specification, maxTokens),
                    learned,
                    headStart);
        } catch (RuntimeException e) {
            model.close();
            throw e;
        }
    }

    private static SparseSpecification limited(
            String base, SparseSpecification specification, Optional<Integer> maxTokens) {
        try {
            return maxTokens.map(specification::withMaxTokens).orElse(specification);
        } catch (IllegalArgumentException e) {
            throw ChiaroException.of(ChiaroException.Kind.USAGE, base + ": " + e.getMessage() + ".", e);
        }
    }

    private void fill(BertWeightNames names, Safetensors weights) {
        Map<String, String> own = new LinkedHashMap<>();
        TokenPredictionHead.names().forEach(name -> own.put(TokenPredictionHead.inFile(name), name));
        names.inFile()
                .forEach((canonical, inFile) -> parameters()
                        .array(own.getOrDefault(canonical, canonical))
                        .put(weights.floats(inFile)));
    }

    /** Takes the head beside an encoder's weights, if there is one. */
    private static boolean fillHead(Path directory, ParameterStore parameters) {
        Path file = directory.resolve("model.safetensors");
        if (!Files.isRegularFile(file)) {
            return false;
        }
        try (Safetensors weights = Safetensors.open(file)) {
            if (!TokenPredictionHead.names().stream()
                    .allMatch(name -> weights.names().contains(TokenPredictionHead.inFile(name)))) {
                return false;
            }
            TokenPredictionHead.names()
                    .forEach(name -> parameters.array(name).put(weights.floats(TokenPredictionHead.inFile(name))));
            return true;
        }
    }

    @Override
    public Optional<String> remark() {
        if (headStart == HeadStart.LEXICAL) {
            return Optional.of(
                    learnedHead
                            ? "head of token prediction fitted anew to the tokens that stand in a text; what it had learned is gone"
                            : "head of token prediction new, since the base has none; it begins with the tokens that stand in a text");
        }
        return learnedHead
                ? Optional.empty()
                : Optional.of("head of token prediction drawn anew, since the base has none; leave head-start=none out,"
                        + " or begin from a base that the recipe masked-language-model has given one");
    }

    @Override
    public Optional<String> begin(Supplier<List<int[]>> texts) {
        return headStart == HeadStart.NONE
                ? Optional.empty()
                : Optional.of(LexicalStart.fit(encoder, head, texts.get(), this::isPassedOver)
                        .toString());
    }

    private boolean isPassedOver(int id) {
        return tokenizer.frames(id) || id == tokenizer.unknownId();
    }

    @Override
    public BertEncoder encoder() {
        return encoder;
    }

    @Override
    public Pass forward(PackedSequences packed, Dropout dropout) {
        BertEncoder.States states = encoder.forward(packed, dropout);
        Tensor scores = head.scores(states.tensor());
        List<Tensor> parts = scores.split(0, packed.groupTokens());
        List<Tensor> largest = new ArrayList<>();
        for (int g = 0; g < parts.size(); g++) {
            PackedSequences.Group group = packed.groups().get(g);
            // The largest first: the logarithm of it is the largest logarithm, and is taken of one row a text.
            largest.add(parts.get(g)
                    .reshape(group.sequences(), group.length(), config().vocabularySize())
                    .max(1, false));
        }
        Tensor weights =
                Tensor.concatenate(largest, 0).relu().add(1).log().indexSelect(0, Tensor.indices(packed.places()));
        return new Pass() {
            @Override
            public Tensor output() {
                return weights;
            }

            @Override
            public void backward(Tensor gradient) {
                weights.backward(gradient);
                states.finishBackward();
            }
        };
    }

    /** The weights of all tokens of the vocabulary, by the current parameters, without dropout. */
    float[][] weights(List<int[]> texts) {
        float[][] all = new float[texts.size()][];
        for (int[] chunk : TokenChunks.cut(texts, CHUNK_TOKENS)) {
            List<int[]> some = new ArrayList<>(chunk.length);
            for (int place : chunk) {
                some.add(texts.get(place));
            }
            try (Scope scope = Scope.open("sparse vectors");
                    Grad off = Grad.disabled()) {
                float[][] rows = forward(PackedSequences.of(some), Dropout.off())
                        .output()
                        .toRows();
                for (int i = 0; i < chunk.length; i++) {
                    all[chunk[i]] = rows[i];
                }
            }
        }
        return all;
    }

    /** The model as others see it, by the current parameters. It lives as long as this model; closing it does nothing. */
    public SparseEmbedder embedder() {
        List<String> vocabulary = tokenizer
                .wordPieces()
                .orElseThrow(() -> ChiaroException.model(specification.name()
                        + ": expected a WordPiece vocabulary, whose tokens have names, but found another."));
        return new Weighing(this, vocabulary);
    }

    @Override
    public Reranker reranker() {
        return new Products(this);
    }

    /** All that the model directory says. */
    public SparseSpecification specification() {
        return specification;
    }

    /** Turns texts into ids. */
    public Tokenizer tokenizer() {
        return tokenizer;
    }

    @Override
    public BertConfig config() {
        return specification.config();
    }

    @Override
    public TextEncoder texts() {
        return new PromptedTokenizer(tokenizer, new PromptedTokenizer.Before("", ""), specification.maxTokens());
    }

    @Override
    public int numbers(int tokens) {
        return config().vocabularySize();
    }

    @Override
    public long predicted(long tokens) {
        return tokens;
    }

    @Override
    public void room(int tokens) {}

    @Override
    public ParameterStore parameters() {
        return encoder.parameters();
    }

    @Override
    public Coupling coupling() {
        return Coupling.SEPARABLE;
    }

    @Override
    public String hash() {
        return ParameterFiles.hash(parameters(), arrayNames());
    }

    private List<String> arrayNames() {
        List<String> names = new ArrayList<>(encoder.arrayNames());
        names.addAll(TokenPredictionHead.names());
        return names;
    }

    /** Writes the model as a {@code BertForMaskedLM} with the module SpladePooling, weights as safetensors. */
    @Override
    public void save(Path directory, ModelCard card) {
        SparseDirectory.write(directory, specification, tokenizer, card);
        List<String> ofHead = TokenPredictionHead.names();
        ParameterFiles.write(
                directory.resolve("model.safetensors"),
                parameters(),
                arrayNames(),
                name -> BertWeightNames.inPredictor(ofHead.contains(name) ? TokenPredictionHead.inFile(name) : name));
    }

    @Override
    public OnnxParity export(Path directory) {
        AtomicFiles.createFolder(directory.resolve("onnx"));
        Path file = directory.resolve("onnx").resolve("model.onnx");
        Path weights = directory.resolve("model.safetensors");
        String hash = Files.isRegularFile(weights) ? Hashes.sha256(weights) : hash();
        Map<String, String> own = new LinkedHashMap<>();
        TokenPredictionHead.names().forEach(name -> own.put(TokenPredictionHead.inFile(name), name));
        OnnxBertWriter.writeSparse(
                file,
                config(),
                name -> parameters().array(own.getOrDefault(name, name)).toFloats(),
                Map.of("model", specification.name(), OnnxHead.WEIGHTS_HASH, hash));
        List<int[]> texts = tokenizer.encodeAll(OnnxParity.sampleTexts(), specification.maxTokens());
        return OnnxParity.checkSparse(file, texts, weights(texts));
    }

    @Override
    public void close() {
        encoder.close();
        tokenizer.close();
    }

    /** This model behind the interface of judging and searching. */
    private record Weighing(SparseEncoder model, List<String> vocabulary) implements SparseEmbedder {

        @Override
        public List<SparseVector> embed(List<String> texts) {
            List<int[]> ids = model.tokenizer.encodeAll(texts, model.specification.maxTokens());
            List<SparseVector> vectors = new ArrayList<>(texts.size());
            for (int[] text : ids) {
                vectors.add(SparseVector.of(model.weights(List.of(text))[0]));
            }
            return vectors;
        }

        @Override
        public String token(int id) {
            return vocabulary.get(id);
        }

        @Override
        public ModelDescription description() {
            return model.specification.description(model.hash());
        }

        @Override
        public void close() {}
    }

    /** The product of a query's weights with those of each text. */
    private record Products(SparseEncoder model) implements Reranker {

        @Override
        public float[] score(String query, List<String> texts) {
            int most = model.specification.maxTokens();
            float[] asked = model.weights(List.of(model.tokenizer.encode(query, most)))[0];
            float[] scores = new float[texts.size()];
            for (int i = 0; i < scores.length; i++) {
                float[] told = model.weights(List.of(model.tokenizer.encode(texts.get(i), most)))[0];
                double sum = 0;
                for (int j = 0; j < told.length; j++) {
                    sum += (double) asked[j] * told[j];
                }
                scores[i] = (float) sum;
            }
            return scores;
        }

        @Override
        public RerankerDescription description() {
            return new RerankerDescription(
                    model.specification.name(),
                    model.hash(),
                    model.specification.maxTokens(),
                    "product of sparse vectors");
        }

        @Override
        public void close() {}
    }
}
