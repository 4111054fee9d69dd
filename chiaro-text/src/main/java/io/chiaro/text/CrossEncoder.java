package io.chiaro.text;

import io.chiaro.core.AtomicFiles;
import io.chiaro.core.ChiaroException;
import io.chiaro.core.Hashes;
import io.chiaro.core.Safetensors;
import io.chiaro.data.TextEncoder;
import io.chiaro.model.BertConfig;
import io.chiaro.model.BertWeightNames;
import io.chiaro.model.CrossEncoderDirectory;
import io.chiaro.model.CrossEncoderSpecification;
import io.chiaro.model.ModelCard;
import io.chiaro.model.ModelSpecification;
import io.chiaro.model.PairClassifier;
import io.chiaro.model.PairTokens;
import io.chiaro.model.Pooling;
import io.chiaro.model.RerankerDescription;
import io.chiaro.model.ScoreActivation;
import io.chiaro.model.TokenReranker;
import io.chiaro.model.Tokenizer;
import io.chiaro.nn.Dropout;
import io.chiaro.nn.PackedSequences;
import io.chiaro.nn.Pass;
import io.chiaro.onnx.EmbeddedModels;
import io.chiaro.onnx.OnnxBertWriter;
import io.chiaro.onnx.OnnxHead;
import io.chiaro.onnx.OnnxScoreParity;
import io.chiaro.tensor.Grad;
import io.chiaro.tensor.ParameterStore;
import io.chiaro.tensor.Scope;
import io.chiaro.tensor.Tensor;
import io.chiaro.train.ParameterFiles;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A cross-encoder that can be trained: an encoder that reads a query and a text as one input, and a {@link ScoringHead} that
 * makes one score of them, or a logit for each class that pairs are sorted into. Packed pairs in, [pairs, outputs] out.
 *
 * <p>Not thread-safe. Closing it releases parameters and tokenizer.
 */
public final class CrossEncoder implements TextScorer {

    private static final int CHUNK_TOKENS = 4096;
    private static final List<Pooling> FIRST = List.of(Pooling.CLS);

    private final TextTower states;
    private final ScoringHead head;
    private final Tokenizer tokenizer;
    private CrossEncoderSpecification specification;

    private CrossEncoder(BertEncoder encoder, Tokenizer tokenizer, CrossEncoderSpecification specification) {
        this.states = new TextTower(encoder, FIRST);
        this.head = new ScoringHead(encoder.parameters());
        this.tokenizer = tokenizer;
        this.specification = specification;
    }

    /**
     * Loads a cross-encoder, or makes one of an encoder of texts, with a head that has learned nothing.
     *
     * @param base the directory of a cross-encoder, or what {@link TextModel#load} takes
     * @param seed for the numbers of a head or an encoder that is new
     * @throws ChiaroException of kind usage if it is none of these, of kind model if it cannot be used
     */
    public static CrossEncoder load(String base, long seed) {
        return load(base, seed, EncoderTuning.WHOLE, List.of());
    }

    /**
     * As {@link #load(String, long)}, with what learns in place of the encoder's own numbers.
     *
     * @param classes of a head that is new; none for a score. That of a cross-encoder stays what it is
     */
    static CrossEncoder load(String base, long seed, EncoderTuning tuning, List<String> classes) {
        Path path = Path.of(base);
        if (EmbeddedModels.lookup(base).isEmpty() && Files.isDirectory(path) && CrossEncoderDirectory.isOne(path)) {
            return open(CrossEncoderDirectory.open(path), tuning);
        }
        int outputs = Math.max(1, classes.size());
        TextModel model =
                TextModel.load(base, seed, new TextModel.Additions(tuning.softPrompt(), (builder, specification) -> {
                    tuning.declare(builder, specification.config());
                    ScoringHead.declare(builder, specification.config(), outputs);
                }));
        try {
            return new CrossEncoder(
                    model.tower().encoder(), model.tokenizer(), scoring(model.specification(), classes));
        } catch (IllegalArgumentException e) {
            model.close();
            throw ChiaroException.of(ChiaroException.Kind.MODEL, base + ": " + e.getMessage() + ".", e);
        }
    }

    private static CrossEncoderSpecification scoring(ModelSpecification embedding, List<String> classes) {
        return new CrossEncoderSpecification(
                embedding.name(),
                embedding.config(),
                embedding.maxTokens(),
                classes.isEmpty() ? ScoreActivation.SIGMOID : ScoreActivation.IDENTITY,
                classes);
    }

    private static CrossEncoder open(CrossEncoderDirectory directory, EncoderTuning tuning) {
        CrossEncoderSpecification found = directory.specification();
        tuning.requireFit(found.config());
        Tokenizer own = directory.openTokenizer();
        int first = own.vocabularySize();
        Tokenizer tokenizer = tuning.tokens(own, found.maxTokens());
        CrossEncoderSpecification specification =
                found.withConfig(found.config().withRoomFor(tokenizer.vocabularySize()));
        BertConfig config = specification.config();
        CrossEncoder opened = new CrossEncoder(
                BertEncoder.create(config, first, builder -> {
                    tuning.declare(builder, config);
                    ScoringHead.declare(builder, config, found.outputs());
                }),
                tokenizer,
                specification);
        try (Safetensors weights = directory.openWeights()) {
            BertWeightNames.checkedScorer(found.config(), found.outputs(), weights)
                    .inFile()
                    .forEach((canonical, inFile) -> opened.encoder().fill(canonical, weights.floats(inFile)));
        } catch (RuntimeException e) {
            opened.close();
            throw e;
        }
        return opened;
    }

    @Override
    public Pass forward(PackedSequences packed, Dropout dropout) {
        BertEncoder.States encoded = states.encoder().forward(packed, dropout);
        Tensor first = states.pool(encoded.tensor(), packed);
        Tensor scores = head.score(first, dropout, packed.order()).indexSelect(0, Tensor.indices(packed.places()));
        return new Pass() {
            @Override
            public Tensor output() {
                return scores;
            }

            @Override
            public void backward(Tensor gradient) {
                scores.backward(gradient);
                encoded.finishBackward();
            }
        };
    }

    /** Pairs behind each other, as {@link #forward} takes them. */
    static PackedSequences pack(List<PairTokens> pairs) {
        return PackedSequences.ofPairs(
                pairs.stream().map(PairTokens::ids).toList(),
                pairs.stream().mapToInt(PairTokens::secondFrom).toArray());
    }

    /** The scores of pairs by the current parameters, without dropout, in their order; of a model with classes the first logit. */
    public float[] scoreTokens(List<PairTokens> pairs) {
        float[][] numbers = logits(pairs);
        float[] scores = new float[numbers.length];
        for (int i = 0; i < scores.length; i++) {
            scores[i] = numbers[i][0];
        }
        return scores;
    }

    /** All numbers of pairs by the current parameters, without dropout, in their order, [pairs, outputs]. */
    float[][] logits(List<PairTokens> pairs) {
        int outputs = specification.outputs();
        float[][] numbers = new float[pairs.size()][outputs];
        List<int[]> ids = pairs.stream().map(PairTokens::ids).toList();
        for (int[] chunk : TokenChunks.cut(ids, CHUNK_TOKENS)) {
            List<PairTokens> some = new ArrayList<>(chunk.length);
            for (int place : chunk) {
                some.add(pairs.get(place));
            }
            try (Scope scope = Scope.open("score");
                    Grad off = Grad.disabled()) {
                float[] found = forward(pack(some), Dropout.off()).output().toFloats();
                for (int i = 0; i < chunk.length; i++) {
                    System.arraycopy(found, i * outputs, numbers[chunk[i]], 0, outputs);
                }
            }
        }
        return numbers;
    }

    /**
     * The model as a reranker.
     *
     * @throws ChiaroException of kind model if it sorts pairs into classes
     */
    @Override
    public TokenReranker reranker() {
        specification.requireScore();
        return new Scoring(this);
    }

    /**
     * The model as a classifier of pairs, by the current parameters. It lives as long as this model; closing it does nothing.
     *
     * @throws ChiaroException of kind model if it gives pairs a score
     */
    public PairClassifier classifier() {
        specification.requireClasses();
        return new Classifying(this);
    }

    @Override
    public BertEncoder encoder() {
        return states.encoder();
    }

    /** Turns texts into ids. */
    public Tokenizer tokenizer() {
        return tokenizer;
    }

    /** All that the model directory says. */
    public CrossEncoderSpecification specification() {
        return specification;
    }

    @Override
    public ParameterStore parameters() {
        return states.parameters();
    }

    @Override
    public Coupling coupling() {
        return Coupling.SEPARABLE;
    }

    @Override
    public BertConfig config() {
        return specification.config();
    }

    /** Each text alone, and no shorter than a pair can hold of it: they are joined anew in every batch. */
    @Override
    public TextEncoder texts() {
        return new PromptedTokenizer(tokenizer, new PromptedTokenizer.Before("", ""), specification.maxTokens());
    }

    @Override
    public int numbers(int tokens) {
        return specification.outputs();
    }

    @Override
    public long predicted(long tokens) {
        return 0;
    }

    @Override
    public void room(int tokens) {}

    @Override
    public Optional<String> remark() {
        return Optional.empty();
    }

    @Override
    public String hash() {
        return ParameterFiles.hash(parameters(), arrayNames());
    }

    private List<String> arrayNames() {
        return List.copyOf(BertWeightNames.scorer(specification.config(), specification.outputs())
                .keySet());
    }

    /** Reads query and text together up to another limit from now on, as a run that learns with it wants. */
    void limit(int maxTokens) {
        specification = specification.withMaxTokens(maxTokens);
    }

    /**
     * Writes the model as a {@code BertForSequenceClassification}, of one label or of its classes, weights as safetensors.
     */
    @Override
    public void save(Path directory, ModelCard card) {
        CrossEncoderDirectory.write(directory, specification, tokenizer, card);
        ParameterFiles.write(
                directory.resolve("model.safetensors"), parameters(), arrayNames(), BertWeightNames::inScorer);
    }

    /**
     * Writes the model as an ONNX graph with the output {@code logits} into a directory that {@link #save} has written, as {@code
     * onnx/model.onnx}; then runs it in ONNX Runtime and compares. The graph bears the hash of the weights beside it.
     *
     * @return how well both agree
     * @throws ChiaroException of kind model if they do not
     */
    @Override
    public OnnxScoreParity export(Path directory) {
        AtomicFiles.createFolder(directory.resolve("onnx"));
        Path file = directory.resolve("onnx").resolve("model.onnx");
        Path weights = directory.resolve("model.safetensors");
        String hash = Files.isRegularFile(weights) ? Hashes.sha256(weights) : hash();
        OnnxBertWriter.writeScorer(
                file,
                specification.config(),
                specification.outputs(),
                name -> parameters().array(name).toFloats(),
                Map.of("model", specification.name(), OnnxHead.WEIGHTS_HASH, hash));
        List<PairTokens> pairs = OnnxScoreParity.samplePairs().stream()
                .map(pair -> tokenizer.encodePair(pair.query(), pair.text(), specification.maxTokens()))
                .toList();
        return OnnxScoreParity.check(file, pairs, logits(pairs));
    }

    @Override
    public void close() {
        states.close();
        tokenizer.close();
    }

    /** This model behind the interface of judging and searching. */
    private record Scoring(CrossEncoder model) implements TokenReranker {

        @Override
        public float[] score(String query, List<String> texts) {
            return scoreTokens(prepare(query, texts).pairs());
        }

        @Override
        public Prepared prepare(String query, List<String> texts) {
            return model.tokenizer.encodePairs(query, texts, model.specification.maxTokens());
        }

        @Override
        public float[] scoreTokens(List<PairTokens> pairs) {
            return model.scoreTokens(pairs);
        }

        @Override
        public RerankerDescription description() {
            return model.specification.description(model.hash());
        }

        @Override
        public void close() {}
    }

    /** This model behind the interface of sorting pairs. */
    private record Classifying(CrossEncoder model) implements PairClassifier {

        @Override
        public List<String> classes() {
            return model.specification.classes();
        }

        @Override
        public float[][] logits(List<Pair> pairs) {
            return model.logits(pairs.stream()
                    .map(pair ->
                            model.tokenizer.encodePair(pair.first(), pair.second(), model.specification.maxTokens()))
                    .toList());
        }

        @Override
        public RerankerDescription description() {
            return model.specification.description(model.hash());
        }

        @Override
        public void close() {}
    }
}
