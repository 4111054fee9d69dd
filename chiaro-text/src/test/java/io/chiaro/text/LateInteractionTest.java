package io.chiaro.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.chiaro.core.ChiaroException;
import io.chiaro.core.Json;
import io.chiaro.core.JsonObject;
import io.chiaro.core.RandomStream;
import io.chiaro.core.Safetensors;
import io.chiaro.model.Document;
import io.chiaro.model.Hit;
import io.chiaro.model.LateInteractionDirectory;
import io.chiaro.model.LateInteractionReranker;
import io.chiaro.model.LateInteractionSearch;
import io.chiaro.model.ModelCard;
import io.chiaro.model.ModelDirectory;
import io.chiaro.model.TextRole;
import io.chiaro.model.TokenReranker;
import io.chiaro.model.TokenVectors;
import io.chiaro.nn.PackedSequences;
import io.chiaro.objective.Objective;
import io.chiaro.objective.ViewRole;
import io.chiaro.objective.recipe.Recipes;
import io.chiaro.onnx.OnnxParity;
import io.chiaro.onnx.OnnxSettings;
import io.chiaro.onnx.OnnxTokenVectors;
import io.chiaro.tensor.NativeRuntime;
import io.chiaro.tensor.Scope;
import io.chiaro.testkit.LeakCheck;
import io.chiaro.testkit.Property;
import io.chiaro.train.Batch;
import io.chiaro.train.ContrastiveLearning;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(LeakCheck.class)
class LateInteractionTest {

    @TempDir
    Path folder;

    @BeforeAll
    static void load() {
        NativeRuntime.load();
    }

    /** A model in the layout of PyLate, see src/test/python/tiny_late_interaction.py. */
    private static Path reference() {
        try {
            return Path.of(Objects.requireNonNull(LateInteractionTest.class.getResource("tiny-late-interaction"))
                    .toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    private static JsonObject scores() {
        return Json.object(ChiaroException.Kind.DATA, reference().resolve("scores.json"));
    }

    private Path copy() throws IOException {
        Path to = folder.resolve("copy");
        try (Stream<Path> files = Files.walk(reference())) {
            for (Path file : files.toList()) {
                Path target = to.resolve(reference().relativize(file).toString());
                if (Files.isDirectory(file)) {
                    Files.createDirectories(target);
                } else {
                    Files.copy(file, target);
                }
            }
        }
        return to;
    }

    private static LateInteraction open(Path directory) {
        return LateInteraction.load(directory.toString(), 0, LateInteraction.Wishes.NONE);
    }

    private static void assertScores(float[] found, List<Double> expected) {
        for (int i = 0; i < found.length; i++) {
            assertThat((double) found[i]).isCloseTo(expected.get(i), within(5e-6));
        }
    }

    @Test
    void scores_are_those_of_sentence_transformers_with_and_without_expansion() {
        JsonObject expected = scores();
        String query = expected.string("query");
        List<String> texts = expected.strings("texts");
        try (LateInteraction model = open(reference())) {
            assertThat(model.specification().dimension()).isEqualTo(6);
            assertThat(model.specification().skipped()).containsExactly(",", ".", "?");
            assertScores(model.reranker().score(query, texts), expected.numbers("plain"));
        }
        LateInteraction.Wishes expanding = new LateInteraction.Wishes(
                Optional.empty(), Optional.empty(), Optional.empty(), Optional.of(true), Optional.empty());
        try (LateInteraction model = LateInteraction.load(reference().toString(), 0, expanding)) {
            assertScores(model.reranker().score(query, texts), expected.numbers("expanded"));
        }
    }

    @Test
    void what_is_saved_has_the_names_of_pylate_and_gives_the_same_scores() {
        JsonObject expected = scores();
        String hash;
        try (LateInteraction model = open(reference())) {
            hash = model.hash();
            model.save(folder, ModelCard.of("test"));
        }
        for (String file : List.of("config_sentence_transformers.json", "1_Dense/config.json")) {
            Map<String, Object> written = Json.object(ChiaroException.Kind.MODEL, folder.resolve(file))
                    .toMap();
            assertThat(written)
                    .isEqualTo(
                            Json.object(ChiaroException.Kind.MODEL, reference().resolve(file))
                                    .toMap()
                                    .entrySet()
                                    .stream()
                                    .collect(java.util.stream.Collectors.toMap(
                                            Map.Entry::getKey,
                                            entry -> entry.getKey().equals("__version__")
                                                    ? Objects.requireNonNull(written.get("__version__"))
                                                    : entry.getValue())));
        }
        try (Safetensors dense = Safetensors.open(folder.resolve("1_Dense/model.safetensors"))) {
            assertThat(dense.names()).containsExactly("linear.weight");
        }
        try (LateInteraction again = open(folder)) {
            assertThat(again.hash()).isEqualTo(hash);
            assertScores(
                    again.reranker().score(expected.string("query"), expected.strings("texts")),
                    expected.numbers("plain"));
        }
        assertThatThrownBy(() -> ModelDirectory.open(folder))
                .isInstanceOf(ChiaroException.class)
                .hasMessageContaining("late-interaction model");
    }

    @Test
    void onnx_runtime_gives_the_same_scores_and_knows_when_the_weights_were_trained_further() throws IOException {
        JsonObject expected = scores();
        String query = expected.string("query");
        List<String> texts = expected.strings("texts");
        try (LateInteraction model = open(reference())) {
            model.save(folder, ModelCard.of("test"));
            OnnxParity parity = model.export(folder);
            assertThat(parity.items()).isGreaterThan(300);
            assertThat(parity.minimumCosine()).isGreaterThan(0.99999);
        }
        LateInteractionDirectory directory = LateInteractionDirectory.open(folder);
        try (LateInteractionReranker exported = OnnxTokenVectors.openReranker(directory, new OnnxSettings(2, 40))) {
            assertScores(exported.score(query, texts), expected.numbers("plain"));
            TokenReranker.Prepared prepared = exported.prepare(query, texts);
            assertThat(prepared.cut().stream()).containsExactly(2, 3);
            assertScores(exported.scoreTokens(prepared.pairs()), expected.numbers("plain"));
            assertThat(exported.scoreTokens(List.of())).isEmpty();
            assertThat(exported.description().hash()).isEqualTo(directory.hash());
        }
        try (LateInteraction other =
                LateInteraction.load("fresh:" + TinyModel.write(folder.resolve("shape")), 3, wishing(6))) {
            other.save(folder.resolve("other"), ModelCard.of("test"));
        }
        Files.copy(
                LateInteractionDirectory.projectionFile(folder.resolve("other")),
                LateInteractionDirectory.projectionFile(folder),
                StandardCopyOption.REPLACE_EXISTING);
        try (LateInteractionReranker stale = OnnxTokenVectors.openReranker(directory, OnnxSettings.defaults())) {
            assertThatThrownBy(stale::description)
                    .isInstanceOf(ChiaroException.class)
                    .hasMessageContaining("Export the model again");
        }
    }

    private static LateInteraction.Wishes wishing(int dimension) {
        return new LateInteraction.Wishes(
                Optional.of(dimension), Optional.of(12), Optional.of(20), Optional.empty(), Optional.empty());
    }

    @Test
    void what_a_directory_asks_for_and_cannot_be_done_says_why() throws IOException {
        Path wrong = copy();
        Path reader = wrong.resolve("config_sentence_transformers.json");
        String before = Files.readString(reader);
        Files.writeString(reader, before.replace("\"do_query_expansion\": false", "\"do_query_expansion\": true"));
        assertThatThrownBy(() -> open(wrong))
                .isInstanceOf(ChiaroException.class)
                .hasMessageContaining("attend_to_expansion_tokens");
        Files.writeString(reader, before.replace("[unused1]", "[none]"));
        assertThatThrownBy(() -> open(wrong))
                .isInstanceOf(ChiaroException.class)
                .hasMessageContaining("expected the token \"[none]\"");
        Files.writeString(reader, before);
        Path dense = wrong.resolve("1_Dense/config.json");
        Files.writeString(dense, Files.readString(dense).replace("Identity", "Tanh"));
        assertThatThrownBy(() -> open(wrong))
                .isInstanceOf(ChiaroException.class)
                .hasMessageContaining("activation_function");
        assertThatThrownBy(() -> LateInteraction.load(reference().toString(), 0, wishing(8)))
                .isInstanceOf(ChiaroException.class)
                .hasMessageContaining("set dimension");
    }

    @Test
    void the_score_is_that_of_a_plain_double_loop() {
        Property.check(30, random -> {
            double[][][] texts = new double[2][][];
            float[][] flat = new float[2][];
            for (int side = 0; side < 2; side++) {
                texts[side] = new double[1 + random.nextInt(5)][3];
                flat[side] = new float[texts[side].length * 3];
                for (int t = 0; t < texts[side].length; t++) {
                    for (int k = 0; k < 3; k++) {
                        flat[side][3 * t + k] = (float) random.nextGaussian();
                        texts[side][t][k] = flat[side][3 * t + k];
                    }
                }
            }
            double expected = 0;
            for (double[] x : texts[0]) {
                expected += Arrays.stream(texts[1])
                        .mapToDouble(y -> x[0] * y[0] + x[1] * y[1] + x[2] * y[2])
                        .max()
                        .orElseThrow();
            }
            TokenVectors query = new TokenVectors(3, flat[0]);
            assertThat((double) query.maxSim(new TokenVectors(3, flat[1]))).isCloseTo(expected, within(1e-5));
            assertThat(query.maxSim(new TokenVectors(3, new float[0]))).isZero();
        });
    }

    @Test
    void exact_search_finds_what_scoring_every_document_finds() {
        try (LateInteraction model = open(reference())) {
            List<Document> documents = new ArrayList<>();
            for (int i = 0; i < 300; i++) {
                RandomStream random = RandomStream.of(3, "document", i);
                List<String> words = List.of("cat", "dog", "red", "blue", "house", "tree", "bird", "sang", ".");
                StringBuilder text = new StringBuilder("the");
                for (int w = random.nextInt(6); w >= 0; w--) {
                    text.append(' ').append(words.get(random.nextInt(words.size())));
                }
                documents.add(new Document("d" + i, "", text.toString()));
            }
            List<String> queries = List.of("red bird", "who sat in the house");
            LateInteractionReranker reranker = model.reranker();
            for (int threads : new int[] {1, 3}) {
                LateInteractionSearch search =
                        LateInteractionSearch.of(reranker, documents.stream(), queries, 5, threads);
                for (String query : queries) {
                    float[] all = reranker.score(
                            query, documents.stream().map(Document::content).toList());
                    List<Hit> hits = search.rank(query, 5);
                    float[] sorted = all.clone();
                    Arrays.sort(sorted);
                    for (int k = 0; k < 5; k++) {
                        int place = Integer.parseInt(hits.get(k).id().substring(1));
                        assertThat(hits.get(k).score()).isCloseTo(all[place], within(1e-5f));
                        assertThat(hits.get(k).score()).isCloseTo(sorted[sorted.length - 1 - k], within(1e-5f));
                    }
                }
            }
        }
    }

    /** Queries and documents of a step, in chunks of so many tokens. */
    private static Batch<PackedSequences> batch(LateInteraction model, int budget) {
        List<int[]> texts = new ArrayList<>();
        for (TextRole role : List.of(TextRole.QUERY, TextRole.DOCUMENT)) {
            for (String text : List.of("red cat", "who sat, on the house", "a bird. sang", "the tree")) {
                texts.add(model.tokens().encode(role == TextRole.QUERY ? text : text + " in a blue mat, red.", role));
            }
        }
        List<Batch.Chunk<PackedSequences>> chunks = new ArrayList<>();
        for (int[] places : TokenChunks.cut(texts, budget)) {
            chunks.add(new Batch.Chunk<>(
                    PackedSequences.of(
                            Arrays.stream(places).mapToObj(texts::get).toList()),
                    places));
        }
        long[] contents = {1, 2, 3, 4};
        return new Batch<>(
                4,
                List.of(
                        new Batch.Column(ViewRole.ANCHOR, contents),
                        new Batch.Column(ViewRole.POSITIVE, new long[] {5, 6, 7, 8})),
                chunks,
                new double[0],
                new double[0][],
                new int[0],
                new long[0],
                100,
                0,
                1);
    }

    private static Objective objective() {
        return Recipes.named("info-nce")
                .with(Map.of("similarity", "max-sim", "scale", "1"))
                .create();
    }

    @Test
    void gradients_of_every_parameter_are_the_slopes_of_the_loss_with_dropout_whatever_the_chunks() {
        try (LateInteraction model = open(reference())) {
            model.room(14);
            ContrastiveLearning<PackedSequences> learning = new ContrastiveLearning<>(model, objective(), 0.1, null);
            List<Map<String, float[]>> gradients = new ArrayList<>();
            for (int budget : new int[] {1000, 25, 1}) {
                model.parameters().zeroGradients();
                try (Scope scope = Scope.open("step")) {
                    learning.accumulate(batch(model, budget), 5);
                }
                gradients.add(CachedGradientTest.gradients(model.parameters()));
            }
            for (Map<String, float[]> cut : gradients) {
                cut.forEach((name, found) -> assertThat(found)
                        .as(name)
                        .containsExactly(Objects.requireNonNull(gradients.get(0).get(name)), within(2e-5f)));
            }
            FiniteDifferences.check(
                    model.parameters(),
                    () -> {
                        try (Scope scope = Scope.open("step")) {
                            return learning.accumulate(batch(model, 25), 5).loss();
                        }
                    },
                    2);
        }
    }
}
