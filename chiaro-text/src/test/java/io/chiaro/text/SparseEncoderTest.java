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
import io.chiaro.model.ModelCard;
import io.chiaro.model.ModelDirectory;
import io.chiaro.model.SparseDirectory;
import io.chiaro.model.SparseEmbedder;
import io.chiaro.model.SparseRanker;
import io.chiaro.model.SparseVector;
import io.chiaro.nn.PackedSequences;
import io.chiaro.objective.ViewRole;
import io.chiaro.objective.recipe.Recipes;
import io.chiaro.onnx.OnnxParity;
import io.chiaro.onnx.OnnxSettings;
import io.chiaro.onnx.OnnxSparseEmbedder;
import io.chiaro.tensor.NativeRuntime;
import io.chiaro.tensor.Scope;
import io.chiaro.tensor.Tensor;
import io.chiaro.testkit.LeakCheck;
import io.chiaro.testkit.Property;
import io.chiaro.train.AuxiliaryTerm;
import io.chiaro.train.Batch;
import io.chiaro.train.ContrastiveLearning;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(LeakCheck.class)
class SparseEncoderTest {

    @TempDir
    Path folder;

    @BeforeAll
    static void load() {
        NativeRuntime.load();
    }

    /** What sentence-transformers saved, see src/test/python/tiny_sparse_encoder.py. */
    private static Path reference() {
        try {
            return Path.of(Objects.requireNonNull(SparseEncoderTest.class.getResource("tiny-sparse-encoder"))
                    .toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    private static JsonObject expected() {
        return Json.object(ChiaroException.Kind.DATA, reference().resolve("weights.json"));
    }

    private static SparseEncoder open(Path directory) {
        return SparseEncoder.load(directory.toString(), 0, Optional.empty());
    }

    private static void assertExpected(SparseEmbedder embedder) {
        JsonObject expected = expected();
        List<SparseVector> vectors = embedder.embed(expected.strings("texts"));
        List<JsonObject> wanted = expected.objects("weights");
        for (int i = 0; i < wanted.size(); i++) {
            SparseVector vector = vectors.get(i);
            assertThat(Arrays.stream(vector.ids()).mapToObj(embedder::token).toList())
                    .isEqualTo(wanted.get(i).strings("tokens"));
            for (int k = 0; k < vector.size(); k++) {
                assertThat((double) vector.weights()[k])
                        .isCloseTo(wanted.get(i).numbers("values").get(k), within(5e-6));
            }
        }
    }

    @Test
    void weights_are_those_of_sentence_transformers() {
        try (SparseEncoder model = open(reference())) {
            assertThat(model.specification().maxTokens()).isEqualTo(16);
            assertThat(model.remark()).isEmpty();
            assertExpected(model.embedder());
        }
    }

    @Test
    void what_is_saved_has_the_names_of_a_masked_language_model_and_gives_the_same_weights_in_onnx_runtime_too() {
        String hash;
        try (SparseEncoder model = open(reference())) {
            hash = model.hash();
            model.save(folder, ModelCard.of("test"));
            OnnxParity parity = model.export(folder);
            assertThat(parity.minimumCosine()).isGreaterThan(0.99999);
        }
        try (Safetensors saved = Safetensors.open(folder.resolve("model.safetensors"));
                Safetensors original = Safetensors.open(reference().resolve("model.safetensors"))) {
            assertThat(saved.names()).isEqualTo(original.names());
        }
        assertThat(Json.object(ChiaroException.Kind.MODEL, folder.resolve("config.json"))
                        .strings("architectures"))
                .containsExactly("BertForMaskedLM");
        try (SparseEncoder again = open(folder)) {
            assertThat(again.hash()).isEqualTo(hash);
            assertExpected(again.embedder());
        }
        try (OnnxSparseEmbedder exported =
                OnnxSparseEmbedder.open(SparseDirectory.open(folder), OnnxSettings.defaults())) {
            assertExpected(exported);
            assertThat(exported.description().dimension()).isEqualTo(72);
            assertThat(exported.embed(List.of())).isEmpty();
        }
        assertThatThrownBy(() -> ModelDirectory.open(folder))
                .isInstanceOf(ChiaroException.class)
                .hasMessageContaining("sparse encoder");
    }

    @Test
    void search_finds_what_the_products_of_all_weights_find() {
        try (SparseEncoder model = open(reference())) {
            List<String> words = List.of("cat", "dog", "red", "blue", "house", "tree", "bird", "sang");
            List<Document> documents = new ArrayList<>();
            for (int i = 0; i < 90; i++) {
                RandomStream random = RandomStream.of(4, "document", i);
                List<String> some = new ArrayList<>();
                for (int n = 0; n < 5; n++) {
                    some.add(words.get(random.nextInt(words.size())));
                }
                documents.add(new Document("d" + i, "", String.join(" ", some)));
            }
            try (SparseRanker ranker = SparseRanker.create(model.embedder(), documents.stream())) {
                float[] all = model.reranker()
                        .score(
                                "red bird",
                                documents.stream().map(Document::content).toList());
                float[] sorted = all.clone();
                Arrays.sort(sorted);
                List<Hit> hits = ranker.rank("red bird", 7);
                for (int k = 0; k < 7; k++) {
                    int place = Integer.parseInt(hits.get(k).id().substring(1));
                    assertThat(hits.get(k).score()).isCloseTo(all[place], within(1e-4f));
                    assertThat(hits.get(k).score()).isCloseTo(sorted[sorted.length - 1 - k], within(1e-4f));
                }
                List<SparseVector> vectors = model.embedder()
                        .embed(documents.stream().map(Document::content).toList());
                double[] share = new double[72];
                vectors.forEach(vector -> {
                    for (int id : vector.ids()) {
                        share[id] += 1.0 / vectors.size();
                    }
                });
                double products = Arrays.stream(model.embedder()
                                .embed(List.of("red bird"))
                                .get(0)
                                .ids())
                        .mapToDouble(id -> share[id])
                        .sum();
                assertThat(ranker.products(List.of("red bird"))).isCloseTo(products, within(1e-9));
                assertThat(ranker.activeOfDocument())
                        .isCloseTo(Arrays.stream(share).sum(), within(1e-9));
            }
        }
    }

    /** A batch of some columns without inputs, at the end of so many batches of ten an epoch. */
    private static Batch<PackedSequences> batch(SparseEncoder model, int columns, double epoch, int budget) {
        List<int[]> texts = new ArrayList<>();
        List<Batch.Column> roles = new ArrayList<>();
        for (int column = 0; column < columns; column++) {
            for (String text : List.of("red cat", "who sat on the house", "a bird sang")) {
                texts.add(model.tokenizer().encode(column == 0 ? text : "blue " + text + " in a tree", 16));
            }
            ViewRole role = column == 0 ? ViewRole.ANCHOR : column == 1 ? ViewRole.POSITIVE : ViewRole.NEGATIVE;
            roles.add(new Batch.Column(role, new long[] {10 * column, 10 * column + 1, 10 * column + 2}));
        }
        List<Batch.Chunk<PackedSequences>> chunks = new ArrayList<>();
        for (int[] places : TokenChunks.cut(texts, budget)) {
            chunks.add(new Batch.Chunk<>(
                    PackedSequences.of(
                            Arrays.stream(places).mapToObj(texts::get).toList()),
                    places));
        }
        return new Batch<>(3, roles, chunks, new double[0], new double[0][], new int[0], new long[0], 50, 0, epoch);
    }

    @Test
    void the_sparsity_term_is_the_plain_sum_of_squared_means_and_rises_with_the_square_of_time() {
        SparsityTerm term = new SparsityTerm(0.5, 0.25, 20, 10);
        assertThat(term.share(5)).isEqualTo(0.0625);
        assertThat(term.share(20)).isEqualTo(1);
        assertThat(term.share(300)).isEqualTo(1);
        try (SparseEncoder model = open(reference())) {
            Batch<PackedSequences> batch = batch(model, 3, 1.0, 1000);
            Property.check(5, random -> {
                double[][][] values = new double[3][3][6];
                for (double[][] column : values) {
                    for (double[] row : column) {
                        Arrays.setAll(row, k -> Math.max(0, random.nextGaussian()));
                    }
                }
                try (Scope scope = Scope.open("term")) {
                    AuxiliaryTerm.Found found = term.accumulate(batch, tensors(values), 0);
                    assertThat(found.weight()).isEqualTo(0.25);
                    assertThat(found.value()).isCloseTo(plain(values), within(1e-9));
                    double step = 1e-5;
                    for (int column = 0; column < 3; column++) {
                        double[] gradient = Objects.requireNonNull(
                                        found.gradients().get(column))
                                .toDoubles();
                        for (int i = 0; i < gradient.length; i++) {
                            double[] row = values[column][i / 6];
                            double before = row[i % 6];
                            row[i % 6] = before + step;
                            double up = plain(values);
                            row[i % 6] = before - step;
                            double down = plain(values);
                            row[i % 6] = before;
                            assertThat(gradient[i]).isCloseTo(0.25 * (up - down) / (2 * step), within(1e-8));
                        }
                    }
                }
            });
            double[][][] constant = new double[3][3][6];
            for (double[][] column : constant) {
                for (double[] row : column) {
                    Arrays.fill(row, 2);
                }
            }
            try (Scope scope = Scope.open("constant")) {
                assertThat(term.accumulate(batch, tensors(constant), 0).value())
                        .as("six tokens of weight 2 everywhere")
                        .isCloseTo((0.5 + 0.25) * 6 * 4, within(1e-12));
            }
        }
    }

    private static Map<Integer, Tensor> tensors(double[][][] values) {
        Map<Integer, Tensor> tensors = new java.util.TreeMap<>();
        for (int column = 0; column < values.length; column++) {
            tensors.put(
                    column,
                    Tensor.of(
                            Arrays.stream(values[column])
                                    .flatMapToDouble(Arrays::stream)
                                    .toArray(),
                            3,
                            6));
        }
        return tensors;
    }

    private static double plain(double[][][] values) {
        double sum = 0;
        for (int k = 0; k < 6; k++) {
            double query = 0;
            double document = 0;
            for (int i = 0; i < 3; i++) {
                query += values[0][i][k] / 3;
                document += (values[1][i][k] + values[2][i][k]) / 6;
            }
            sum += 0.5 * query * query + 0.25 * document * document;
        }
        return sum;
    }

    @Test
    void gradients_of_every_parameter_are_the_slopes_of_the_loss_with_dropout_whatever_the_chunks() {
        try (SparseEncoder model = open(reference())) {
            ContrastiveLearning<PackedSequences> learning = new ContrastiveLearning<>(
                            model,
                            Recipes.named("info-nce")
                                    .with(Map.of("similarity", "dot", "scale", "0.1"))
                                    .create(),
                            0.1,
                            null)
                    .withAuxiliary(List.of(new SparsityTerm(0.01, 0.02, 20, 10)));
            List<Map<String, float[]>> gradients = new ArrayList<>();
            for (int budget : new int[] {1000, 20, 1}) {
                model.parameters().zeroGradients();
                try (Scope scope = Scope.open("step")) {
                    learning.accumulate(batch(model, 2, 3.0, budget), 5);
                }
                gradients.add(CachedGradientTest.gradients(model.parameters()));
            }
            for (Map<String, float[]> cut : gradients) {
                cut.forEach((name, found) -> assertThat(found)
                        .as(name)
                        .containsExactly(Objects.requireNonNull(gradients.get(0).get(name)), within(5e-5f)));
            }
            FiniteDifferences.check(
                    model.parameters(),
                    () -> {
                        try (Scope scope = Scope.open("step")) {
                            return learning.accumulate(batch(model, 2, 3.0, 20), 5)
                                    .loss();
                        }
                    },
                    1);
        }
    }

    @Test
    void the_head_that_masked_language_modelling_learned_is_where_a_sparse_encoder_begins() {
        TinyRun.run(folder, "unused", Map.of());
        Path texts = TinyRun.write(
                folder.resolve("texts.jsonl"),
                java.util.stream.IntStream.range(0, 64)
                        .mapToObj(
                                i -> Map.<String, Object>of("text", TinyModel.words(RandomStream.of(9, "text", i), 6)))
                        .toList());
        try (TextTraining training = TextTraining.start(
                TinyRun.run(
                        folder,
                        "mlm",
                        Map.of(
                                "recipe",
                                "masked-language-model",
                                "data",
                                List.of(Map.of("path", texts.toString(), "roles", Map.of("anchor", "text"))),
                                "batch",
                                8,
                                "steps",
                                3)),
                TextTraining.Options.defaults())) {
            training.run();
        }
        Path base = folder.resolve("mlm/model");
        assertThat(Files.exists(base.resolve("model.safetensors"))).isTrue();
        try (SparseEncoder learned = open(base);
                SparseEncoder same = SparseEncoder.load(base.toString(), 77, Optional.of(20));
                TextModel embedding = TextModel.load(base.toString(), 0)) {
            assertThat(learned.remark()).isEmpty();
            assertThat(same.hash()).isEqualTo(learned.hash());
            assertThat(same.specification().maxTokens()).isEqualTo(20);
            assertThat(embedding.embedder().embed(List.of("ba"), io.chiaro.model.TextRole.TEXT)[0])
                    .hasSize(16);
        }
        try (SparseEncoder drawn = open(Path.of("fresh:" + folder.resolve("shape")))) {
            assertThat(drawn.remark().orElse("")).contains("since the base has none");
        }
    }
}
