package io.chiaro.text;

import io.chiaro.core.AtomicFiles;
import io.chiaro.core.ChiaroException;
import io.chiaro.core.Safetensors;
import io.chiaro.data.Role;
import io.chiaro.data.TextEncoder;
import io.chiaro.model.BertConfig;
import io.chiaro.model.BertWeightNames;
import io.chiaro.model.LateInteractionDirectory;
import io.chiaro.model.LateInteractionReranker;
import io.chiaro.model.LateInteractionSpecification;
import io.chiaro.model.LateInteractionSpecification.Side;
import io.chiaro.model.LateInteractionTokens;
import io.chiaro.model.ModelCard;
import io.chiaro.model.RerankerDescription;
import io.chiaro.model.TextRole;
import io.chiaro.model.TokenVectorSource;
import io.chiaro.model.TokenVectors;
import io.chiaro.model.Tokenizer;
import io.chiaro.nn.Dropout;
import io.chiaro.nn.PackedSequences;
import io.chiaro.nn.Pass;
import io.chiaro.onnx.EmbeddedModels;
import io.chiaro.onnx.OnnxBertWriter;
import io.chiaro.onnx.OnnxHead;
import io.chiaro.onnx.OnnxParity;
import io.chiaro.tensor.Grad;
import io.chiaro.tensor.Parameter.Kind;
import io.chiaro.tensor.ParameterStore;
import io.chiaro.tensor.Scope;
import io.chiaro.tensor.Tensor;
import io.chiaro.train.ParameterFiles;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * A late-interaction model that can be trained (Khattab and Zaharia, "ColBERT", SIGIR 2020, section 3.2): an encoder whose token states a
 * linear layer makes into short vectors, {@code v_t = W h_t}. Packed texts in, [texts, room, dimension] out, where zeros stand for vectors
 * that are not there or do not count. They are brought to length one by the similarity in training and by the reader in use.
 *
 * <p>Not thread-safe. Closing it releases parameters and tokenizer.
 */
public final class LateInteraction implements TextScorer {

    static final String PROJECTION = "projection.weight";
    private static final int CHUNK_TOKENS = 4096;
    private static final String PUNCTUATION = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~";
    private static final String QUERY_MARKER = "[unused0]";
    private static final String DOCUMENT_MARKER = "[unused1]";

    private final BertEncoder encoder;
    private final LateInteractionTokens tokens;
    private final LateInteractionSpecification specification;
    private int room;

    private LateInteraction(BertEncoder encoder, LateInteractionTokens tokens) {
        this.encoder = encoder;
        this.tokens = tokens;
        this.specification = tokens.specification();
        this.room = Math.max(
                specification.query().maxTokens(), specification.document().maxTokens());
    }

    /**
     * What a new model shall be, or how one that is there shall read from now on; what is empty stays, or is usual.
     *
     * @param dimension numbers of a token's vector, 128
     * @param queryTokens limit of queries, 32
     * @param documentTokens limit of documents, 180, or the encoder's if it is lower
     * @param expandsQueries whether queries are filled up with masks; not if nobody says
     * @param skipsPunctuation whether the vectors of punctuation in documents do not count; they do not if nobody says
     */
    public record Wishes(
            Optional<Integer> dimension,
            Optional<Integer> queryTokens,
            Optional<Integer> documentTokens,
            Optional<Boolean> expandsQueries,
            Optional<Boolean> skipsPunctuation) {

        /** None. */
        public static final Wishes NONE =
                new Wishes(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());

        /** @param prompt tokens of a soft prompt, for which usual limits have room */
        private LateInteractionSpecification fresh(
                String name, BertConfig config, Tokenizer tokenizer, int maxTokens, int prompt) {
            boolean marked = tokenizer.id(QUERY_MARKER).isPresent()
                    && tokenizer.id(DOCUMENT_MARKER).isPresent();
            boolean skips = skipsPunctuation.orElse(marked);
            if (skips && !marked) {
                throw ChiaroException.usage("set skip-punctuation: documents are told from queries by a marker, but the"
                        + " vocabulary has no " + QUERY_MARKER + " and " + DOCUMENT_MARKER + ". Leave it out.");
            }
            return new LateInteractionSpecification(
                    name,
                    config,
                    dimension.orElse(128),
                    new Side(marked ? QUERY_MARKER : "", queryTokens.orElse(Math.min(32 + prompt, maxTokens))),
                    new Side(marked ? DOCUMENT_MARKER : "", documentTokens.orElse(Math.min(180 + prompt, maxTokens))),
                    expandsQueries.orElse(false),
                    skips ? punctuation(tokenizer) : List.of());
        }

        private LateInteractionSpecification of(LateInteractionSpecification found, Tokenizer tokenizer) {
            if (dimension.isPresent() && dimension.get() != found.dimension()) {
                throw ChiaroException.usage("set dimension: the base has vectors of " + found.dimension()
                        + " numbers, which its layer makes. Leave it out, or begin from an encoder.");
            }
            return new LateInteractionSpecification(
                    found.name(),
                    found.config(),
                    found.dimension(),
                    new Side(
                            found.query().marker(),
                            queryTokens.orElse(found.query().maxTokens())),
                    new Side(
                            found.document().marker(),
                            documentTokens.orElse(found.document().maxTokens())),
                    expandsQueries.orElse(found.expandsQueries()),
                    skipsPunctuation
                            .map(skips -> skips ? punctuation(tokenizer) : List.<String>of())
                            .orElse(found.skipped()));
        }

        private static List<String> punctuation(Tokenizer tokenizer) {
            return PUNCTUATION
                    .chars()
                    .mapToObj(Character::toString)
                    .filter(mark -> tokenizer.id(mark).isPresent())
                    .toList();
        }
    }

    /**
     * Loads a late-interaction model, or makes one of an encoder of texts, with a layer that has learned nothing.
     *
     * @param base the directory of a late-interaction model, or what {@link TextModel#load} takes
     * @param seed for the numbers of a layer or an encoder that is new
     * @throws ChiaroException of kind usage if it is none of these or the wishes do not fit it, of kind model if it cannot be used
     */
    public static LateInteraction load(String base, long seed, Wishes wishes) {
        return load(base, seed, wishes, EncoderTuning.WHOLE);
    }

    /** As {@link #load(String, long, Wishes)}, with what learns in place of the encoder's own numbers. */
    static LateInteraction load(String base, long seed, Wishes wishes, EncoderTuning tuning) {
        Path path = Path.of(base);
        if (EmbeddedModels.lookup(base).isEmpty() && Files.isDirectory(path) && LateInteractionDirectory.isOne(path)) {
            return open(LateInteractionDirectory.open(path), wishes, tuning);
        }
        TextModel model = TextModel.load(base, seed, new TextModel.Additions(tuning.softPrompt(), (builder, found) -> {
            tuning.declare(builder, found.config());
            builder.add(
                    PROJECTION,
                    Kind.WEIGHT,
                    wishes.dimension().orElse(128),
                    found.config().hiddenSize());
        }));
        try {
            LateInteractionSpecification specification = fitting(
                    base,
                    () -> wishes.fresh(
                            model.specification().name(),
                            model.specification().config(),
                            model.tokenizer(),
                            model.specification().maxTokens(),
                            tuning.softPrompt()));
            tuning.requireRoom(model.tokenizer(), specification.leastTokens() - 1);
            return new LateInteraction(
                    model.tower().encoder(), new LateInteractionTokens(model.tokenizer(), specification));
        } catch (RuntimeException e) {
            model.close();
            throw e;
        }
    }

    private static LateInteractionSpecification fitting(
            String base, java.util.function.Supplier<LateInteractionSpecification> made) {
        try {
            return made.get();
        } catch (IllegalArgumentException e) {
            throw ChiaroException.of(ChiaroException.Kind.USAGE, base + ": " + e.getMessage() + ".", e);
        }
    }

    private static LateInteraction open(LateInteractionDirectory directory, Wishes wishes, EncoderTuning tuning) {
        tuning.requireFit(directory.specification().config());
        LateInteractionTokens own = directory.openTokens();
        int first = own.tokenizer().vocabularySize();
        LateInteractionSpecification wished;
        try {
            wished = fitting(directory.path().toString(), () -> wishes.of(own.specification(), own.tokenizer()));
        } catch (RuntimeException e) {
            own.close();
            throw e;
        }
        // One token less, which is the marker's.
        Tokenizer tokenizer = tuning.tokens(own.tokenizer(), wished.leastTokens() - 1);
        BertConfig config = wished.config().withRoomFor(tokenizer.vocabularySize());
        BertEncoder encoder = BertEncoder.create(config, first, builder -> {
            tuning.declare(builder, config);
            builder.add(PROJECTION, Kind.WEIGHT, wished.dimension(), config.hiddenSize());
        });
        try (Safetensors weights = directory.openWeights()) {
            BertWeightNames.checked(wished.config(), weights)
                    .inFile()
                    .forEach((canonical, inFile) -> encoder.fill(canonical, weights.floats(inFile)));
            encoder.fill(PROJECTION, directory.projection());
            return new LateInteraction(encoder, new LateInteractionTokens(tokenizer, wished.withConfig(config)));
        } catch (RuntimeException e) {
            tokenizer.close();
            encoder.close();
            throw e;
        }
    }

    @Override
    public BertEncoder encoder() {
        return encoder;
    }

    @Override
    public Pass forward(PackedSequences packed, Dropout dropout) {
        BertEncoder.States states = encoder.forward(packed, dropout);
        Tensor projected =
                states.tensor().linear(parameters().parameter(PROJECTION).value());
        // A last row of zeros stands for all that is not there.
        Tensor none = Tensor.zeros(1, specification.dimension());
        Tensor rows = Tensor.concatenate(List.of(projected, none), 0)
                .indexSelect(0, Tensor.indices(places(packed)))
                .reshape(packed.sequences(), room, specification.dimension());
        return new Pass() {
            @Override
            public Tensor output() {
                return rows;
            }

            @Override
            public void backward(Tensor gradient) {
                rows.backward(gradient);
                states.finishBackward();
            }
        };
    }

    /** For each given text and each place of its room, the token in packed order, or one behind the last. */
    private int[] places(PackedSequences packed) {
        int[] order = packed.order();
        int[] lengths = packed.lengths();
        int[] places = new int[order.length * room];
        Arrays.fill(places, packed.tokens());
        List<int[]> texts = packed.unpacked();
        int first = 0;
        for (int i = 0; i < order.length; i++) {
            if (lengths[i] > room) {
                throw new IllegalArgumentException(
                        "LateInteraction: a text of " + lengths[i] + " tokens, but there is room for " + room);
            }
            boolean[] counts = tokens.counts(texts.get(order[i]));
            for (int t = 0; t < lengths[i]; t++) {
                if (counts[t]) {
                    places[order[i] * room + t] = first + t;
                }
            }
            first += lengths[i];
        }
        return places;
    }

    /** The unit vectors of all tokens of texts, by the current parameters, without dropout. */
    private List<TokenVectors> vectors(List<int[]> texts) {
        TokenVectors[] all = new TokenVectors[texts.size()];
        int width = specification.dimension();
        for (int[] chunk : TokenChunks.cut(texts, CHUNK_TOKENS)) {
            List<int[]> some = new ArrayList<>(chunk.length);
            for (int place : chunk) {
                some.add(texts.get(place));
            }
            PackedSequences packed = PackedSequences.of(some);
            try (Scope scope = Scope.open("token vectors");
                    Grad off = Grad.disabled()) {
                float[] found = encoder.forward(packed, Dropout.off())
                        .tensor()
                        .linear(parameters().parameter(PROJECTION).value())
                        .normalize(1)
                        .toFloats();
                int[] order = packed.order();
                int[] lengths = packed.lengths();
                int first = 0;
                for (int i = 0; i < order.length; i++) {
                    int end = first + lengths[i] * width;
                    all[chunk[order[i]]] = new TokenVectors(width, Arrays.copyOfRange(found, first, end));
                    first = end;
                }
            }
        }
        return List.of(all);
    }

    @Override
    public LateInteractionReranker reranker() {
        return new LateInteractionReranker(tokens, new Computing(this));
    }

    @Override
    public Optional<String> remark() {
        return Optional.empty();
    }

    /** All that the model directory says. */
    public LateInteractionSpecification specification() {
        return specification;
    }

    /** How queries and documents become tokens. */
    LateInteractionTokens tokens() {
        return tokens;
    }

    @Override
    public BertConfig config() {
        return specification.config();
    }

    @Override
    public TextEncoder texts() {
        return new Sides(tokens);
    }

    @Override
    public int numbers(int longest) {
        return Math.multiplyExact(longest, specification.dimension());
    }

    @Override
    public long predicted(long ofChunk) {
        return 0;
    }

    @Override
    public void room(int longest) {
        room = longest;
    }

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
        List<String> names = new ArrayList<>(encoder.arrayNames());
        names.add(PROJECTION);
        return ParameterFiles.hash(parameters(), names);
    }

    /** Writes the model in the layout of PyLate, weights as safetensors. */
    @Override
    public void save(Path directory, ModelCard card) {
        LateInteractionDirectory.write(directory, specification, tokens.tokenizer(), card);
        ParameterFiles.write(directory.resolve("model.safetensors"), parameters(), encoder.arrayNames());
        ParameterFiles.write(
                LateInteractionDirectory.projectionFile(directory),
                parameters(),
                List.of(PROJECTION),
                name -> LateInteractionDirectory.PROJECTION);
    }

    @Override
    public OnnxParity export(Path directory) {
        AtomicFiles.createFolder(directory.resolve("onnx"));
        Path file = directory.resolve("onnx").resolve("model.onnx");
        boolean saved = Files.isRegularFile(LateInteractionDirectory.projectionFile(directory));
        Map<String, String> metadata = new LinkedHashMap<>();
        metadata.put("model", specification.name());
        metadata.put(
                OnnxHead.WEIGHTS_HASH,
                saved ? LateInteractionDirectory.open(directory).hash() : hash());
        Function<String, float[]> weights = name -> parameters().array(name).toFloats();
        OnnxBertWriter.writeTokenVectors(file, config(), specification.dimension(), weights, metadata);
        List<int[]> texts = OnnxParity.sampleTexts().stream()
                .map(text -> tokens.encode(text, TextRole.DOCUMENT))
                .toList();
        return OnnxParity.checkTokens(file, texts, vectors(texts));
    }

    @Override
    public void close() {
        encoder.close();
        tokens.close();
    }

    /** This model as what computes vectors; closed by its owner. */
    private record Computing(LateInteraction model) implements TokenVectorSource {

        @Override
        public List<TokenVectors> vectors(List<int[]> texts) {
            return model.vectors(texts);
        }

        @Override
        public RerankerDescription description() {
            return model.specification.description(model.hash());
        }

        @Override
        public void close() {}
    }

    /** Anchors are queries, all else are documents. */
    private record Sides(LateInteractionTokens tokens) implements TextEncoder {

        @Override
        public int[] encode(String text) {
            return encode(text, Role.ANCHOR);
        }

        @Override
        public int[] encode(String text, Role role) {
            return tokens.encode(text, role == Role.ANCHOR ? TextRole.QUERY : TextRole.DOCUMENT);
        }

        @Override
        public String fingerprint() {
            LateInteractionSpecification said = tokens.specification();
            return "tokenizer " + tokens.tokenizer().hash() + ", queries " + said.query() + ", documents "
                    + said.document() + ", expanded " + said.expandsQueries();
        }
    }
}
