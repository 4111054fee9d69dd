package io.chiaro.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.chiaro.core.RandomStream;
import io.chiaro.model.Pooling;
import io.chiaro.nn.Dropout;
import io.chiaro.nn.PackedSequences;
import io.chiaro.objective.Needs;
import io.chiaro.objective.Objective;
import io.chiaro.objective.Towers;
import io.chiaro.objective.ViewRole;
import io.chiaro.objective.Views;
import io.chiaro.objective.recipe.Recipe;
import io.chiaro.objective.recipe.Recipes;
import io.chiaro.tensor.NativeRuntime;
import io.chiaro.tensor.Parameter;
import io.chiaro.tensor.ParameterStore;
import io.chiaro.tensor.Scope;
import io.chiaro.testkit.LeakCheck;
import io.chiaro.train.Batch;
import io.chiaro.train.ContrastiveLearning;
import io.chiaro.train.Guide;
import io.chiaro.train.Memories;
import io.chiaro.train.StepOutcome;
import io.chiaro.train.TowerSettings;
import io.chiaro.train.Twin;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The gradient of a batch is the same however it is cut into chunks, for every recipe, with dropout on: a mask belongs to an
 * item, whichever chunk it is in.
 */
@ExtendWith(LeakCheck.class)
class CachedGradientTest {

    private static final int ROWS = 12;
    private static final int WIDTH = 16;
    private static final double RELATIVE = 1e-5;
    private static final long STEP = RandomStream.address(42, "step", 3);

    @BeforeAll
    static void load() {
        NativeRuntime.load();
    }

    /**
     * Every recipe that a run can train with two columns, with the further choices that change what flows back; symile wants
     * three modalities.
     */
    static Stream<Named<Recipe>> recipes() {
        List<Recipe> recipes = new ArrayList<>();
        for (Recipe recipe : Recipes.all()) {
            Needs needs = recipe.create().needs();
            boolean trainable = needs.inputs() <= Math.max(2, needs.roles().size())
                    && Collections.disjoint(needs.memories(), Views.ONLY_GIVEN);
            // The last normalisation makes a row's features sum to nothing but rounding, whose sign is chance. The
            // determinant of
            // long rows keeps four digits in single precision; emp-ssl-normalized stands for both.
            if (!trainable || List.of("zero-mean", "emp-ssl").contains(recipe.name())) {
                continue;
            }
            // Whitening needs more items than features, or a share of the identity.
            recipes.add(recipe.name().equals("w-mse") ? recipe.with("epsilon", "0.5") : recipe);
            // Of those that are told by their parts one stands for all.
            if (recipe.pattern() == null || recipe.name().equals("nt-xent")) {
                recipes.add(recipe.with("matryoshka", "16,8,4"));
            }
        }
        recipes.add(Recipes.named("info-nce").with("guide-margin", "0.1"));
        recipes.add(Recipes.named("info-nce").with("temperature-policy", "learned"));
        recipes.add(Recipes.named("nt-xent").with("heads", "2"));
        recipes.add(Recipes.named("moco").with("heads", "2"));
        recipes.add(Recipes.named("siglip").with("temperature-policy", "learned-with-bias"));
        return recipes.stream()
                .map(recipe -> Named.of(
                        recipe.name() + ", matryoshka " + recipe.slots().get("matryoshka"), recipe));
    }

    @ParameterizedTest
    @MethodSource("recipes")
    void the_chunk_size_does_not_matter_with_dropout(Recipe recipe) {
        boolean plain = recipe.create().needs().towers() == Towers.ONLINE;
        assertChunksDoNotMatter(recipe, plain ? Map.of() : Map.of("head", "24-8"));
    }

    @Test
    void heads_see_the_batch_and_not_the_chunk() {
        assertChunksDoNotMatter(Recipes.named("nt-xent"), Map.of("head", "24-8,last-norm=true"));
        assertChunksDoNotMatter(Recipes.named("nt-xent"), Map.of("head", "24-8,norm=layer,last-norm=whitening"));
        assertChunksDoNotMatter(Recipes.named("nt-xent"), Map.of("head", "24-8,last-norm=true", "head-batch", "fused"));
        assertChunksDoNotMatter(Recipes.named("byol"), Map.of("head", "24-8", "head-batch", "fused"));
        assertChunksDoNotMatter(Recipes.named("nt-xent"), Map.of("head", "2x24-8,last-activation=relu"));
        assertChunksDoNotMatter(Recipes.named("nt-xent"), Map.of("head", "reweighting,decay=0.9"));
        assertChunksDoNotMatter(Recipes.named("byol"), Map.of("head", "24-8,norm=layer", "predictor", "direct"));
        assertChunksDoNotMatter(Recipes.named("simsiam"), Map.of("predictor", "direct-copy"));
    }

    private static void assertChunksDoNotMatter(Recipe recipe, Map<String, String> told) {
        Objective objective = recipe.create();
        Memories.Sizes sizes =
                new Memories.Sizes(4, 20, 5, 8, ROWS + 1, 40, List.of("red", "round", "red|round", "blue"));
        List<Pooling> poolings = List.of(Pooling.CLS, Pooling.MEAN);
        TowerSettings towers =
                TowerSettings.parse(told, objective.needs().towers(), WIDTH * poolings.size(), Optional.empty());
        try (BertEncoder encoder = BertEncoder.create(TinyModel.config(WIDTH, 2), builder -> {
                    towers.declare(builder);
                    Memories.declare(builder, objective, sizes, towers.width());
                });
                BertEncoder follower = BertEncoder.create(TinyModel.config(WIDTH, 2), towers::declareTwin);
                BertEncoder guide = encoder(8)) {
            BertEncoder.initialize(encoder.parameters(), name -> true, 0.2, 7);
            TextTower tower = new TextTower(encoder, poolings);
            TextTower frozen = new TextTower(guide, poolings);
            Twin<PackedSequences> twin =
                    new Twin<>(new TextTower(follower, poolings), encoder.parameters(), towers, 10);
            Memories memories = new Memories(encoder.parameters(), objective, sizes, towers.width());
            List<int[]> texts = texts(recipe);
            Learned whole = null;
            for (int budget : new int[] {Integer.MAX_VALUE, 1, 25, 100}) {
                ContrastiveLearning<PackedSequences> learning = new ContrastiveLearning<>(
                                tower, objective, 0.1, Guide.encoding(frozen), memories)
                        .withTowers(towers, towers.towers().averaged() ? Optional.of(twin) : Optional.empty(), 7);
                start(memories, encoder);
                Learned found = learn(learning, batch(recipe, texts, budget));
                whole = whole == null ? found : whole;
                assertSame(recipe, found, whole);
            }
        }
    }

    @Test
    void the_same_address_gives_the_same_bits_and_another_one_other_masks() {
        Recipe recipe = Recipes.named("simcse");
        try (BertEncoder encoder = encoder(7)) {
            TextTower tower = new TextTower(encoder, List.of(Pooling.MEAN));
            ContrastiveLearning<PackedSequences> learning =
                    new ContrastiveLearning<>(tower, recipe.create(), 0.1, null);
            Batch<PackedSequences> batch = batch(recipe, texts(recipe), 60);
            Learned one = learn(learning, batch);
            Learned again = learn(learning, batch);
            parameters(encoder).zeroGradients();
            StepOutcome other = learning.accumulate(batch, STEP + 1);

            assertThat(distance(again.gradients, one.gradients)).isZero();
            assertThat(again.outcome.loss()).isEqualTo(one.outcome.loss());
            assertThat(other.loss()).isNotEqualTo(one.outcome.loss());
        }
    }

    @Test
    void gradients_through_heads_and_predictor_are_finite_differences() {
        Recipe recipe = Recipes.named("byol");
        TowerSettings towers = TowerSettings.parse(
                Map.of("head", "12-6,activation=gelu", "predictor", "10-6,activation=gelu"),
                recipe.create().needs().towers(),
                WIDTH,
                Optional.empty());
        try (BertEncoder encoder = BertEncoder.create(TinyModel.config(WIDTH, 1), towers::declare);
                BertEncoder follower = BertEncoder.create(TinyModel.config(WIDTH, 1), towers::declareTwin)) {
            BertEncoder.initialize(encoder.parameters(), name -> true, 0.2, 7);
            List<Pooling> mean = List.of(Pooling.MEAN);
            Twin<PackedSequences> twin = new Twin<>(new TextTower(follower, mean), encoder.parameters(), towers, 10);
            ContrastiveLearning<PackedSequences> learning = new ContrastiveLearning<>(
                            new TextTower(encoder, mean), recipe.create(), 0.1, null)
                    .withTowers(towers, Optional.of(twin), 7);
            Batch<PackedSequences> batch = batch(recipe, texts(recipe), 60);
            // The twin keeps still: its moves would make the value another function at each call.
            FiniteDifferences.check(encoder.parameters(), () -> rehearsed(learning, batch), 2);
        }
    }

    @Test
    void gradients_through_several_heads_are_finite_differences() {
        for (String name : List.of("amcl", "hydra")) {
            Recipe recipe = Recipes.named(name);
            Objective objective = recipe.create();
            TowerSettings towers = TowerSettings.parse(
                    Map.of("head", "2x8-4,activation=gelu"), objective.needs().towers(), WIDTH, Optional.empty());
            Memories.Sizes sizes = new Memories.Sizes(4, 20, 5, 8, ROWS + 1, 40);
            try (BertEncoder encoder = BertEncoder.create(TinyModel.config(WIDTH, 1), builder -> {
                towers.declare(builder);
                Memories.declare(builder, objective, sizes, towers.width());
            })) {
                BertEncoder.initialize(encoder.parameters(), each -> true, 0.2, 7);
                Memories memories = new Memories(encoder.parameters(), objective, sizes, towers.width());
                memories.start(7);
                ContrastiveLearning<PackedSequences> learning = new ContrastiveLearning<>(
                                new TextTower(encoder, List.of(Pooling.MEAN)), objective, 0.1, null, memories)
                        .withTowers(towers, Optional.empty(), 7);
                Batch<PackedSequences> batch = batch(recipe, texts(recipe), 60);
                // What memories learn is scaled on purpose, and held to differences where their objective is.
                FiniteDifferences.check(
                        encoder.parameters(),
                        () -> rehearsed(learning, batch),
                        2,
                        each -> !each.startsWith("head.memory."));
            }
        }
    }

    /** The value of a step that nothing is remembered of. */
    private static double rehearsed(ContrastiveLearning<PackedSequences> learning, Batch<PackedSequences> batch) {
        return learning.rehearse(batch, STEP).loss();
    }

    @Test
    void the_positive_of_simcse_is_another_view_of_its_anchor() {
        Recipe recipe = Recipes.named("simcse");
        try (BertEncoder encoder = encoder(7)) {
            ContrastiveLearning<PackedSequences> learning = new ContrastiveLearning<>(
                    new TextTower(encoder, List.of(Pooling.MEAN)), recipe.create(), 0.1, null);
            for (int budget : new int[] {1, 50, Integer.MAX_VALUE}) {
                StepOutcome outcome = learning.accumulate(batch(recipe, texts(recipe), budget), STEP);
                for (int i = 0; i < ROWS; i++) {
                    assertThat(outcome.positives()[i]).isNotEqualTo(outcome.anchors()[i]);
                }
            }
        }
    }

    @Test
    void the_queue_of_esimcse_takes_the_anchors_as_the_twin_encodes_them_without_dropout() {
        Recipe recipe = Recipes.named("esimcse");
        Objective objective = recipe.create();
        Memories.Sizes sizes = new Memories.Sizes(0, 20, 0, 0, 0, 0);
        TowerSettings towers = TowerSettings.parse(Map.of(), objective.needs().towers(), WIDTH, Optional.empty());
        List<Pooling> mean = List.of(Pooling.MEAN);
        try (BertEncoder encoder = BertEncoder.create(TinyModel.config(WIDTH, 2), builder -> {
                    towers.declare(builder);
                    Memories.declare(builder, objective, sizes, WIDTH);
                });
                BertEncoder follower = BertEncoder.create(TinyModel.config(WIDTH, 2), towers::declareTwin)) {
            BertEncoder.initialize(encoder.parameters(), name -> true, 0.2, 7);
            TextTower tower = new TextTower(encoder, mean);
            Memories memories = new Memories(encoder.parameters(), objective, sizes, WIDTH);
            memories.start(7);
            ContrastiveLearning<PackedSequences> learning = new ContrastiveLearning<>(
                            tower, objective, 0.3, null, memories)
                    .withTowers(
                            towers,
                            Optional.of(new Twin<>(new TextTower(follower, mean), encoder.parameters(), towers, 10)),
                            7);
            List<int[]> texts = texts(recipe);

            learning.accumulate(batch(recipe, texts, 60), STEP);

            // Before its first move the twin is the model's equal.
            try (Scope scope = Scope.open("test")) {
                float[][] queue =
                        encoder.parameters().array("head.memory.queue").toRows();
                float[][] plain = tower.forward(PackedSequences.of(texts.subList(0, ROWS)), Dropout.off())
                        .output()
                        .detach()
                        .toRows();
                for (int i = 0; i < ROWS; i++) {
                    assertThat(queue[i]).as("row %d", i).containsExactly(plain[i], within(1e-5f));
                }
            }
        }
    }

    @Test
    void gradients_of_a_whole_encoder_are_finite_differences() {
        Recipe recipe = Recipes.named("info-nce");
        try (BertEncoder encoder = encoder(7)) {
            ContrastiveLearning<PackedSequences> learning = new ContrastiveLearning<>(
                    new TextTower(encoder, List.of(Pooling.MEAN)), recipe.create(), 0.1, null);
            Batch<PackedSequences> batch = batch(recipe, texts(recipe), 200);
            FiniteDifferences.check(
                    parameters(encoder), () -> learning.accumulate(batch, STEP).loss(), 2);
        }
    }

    /** Vectors of classes that are no rows of the batch: a row beside itself is where an angle has no slope. */
    private static void start(Memories memories, BertEncoder encoder) {
        memories.start(7);
        BertEncoder.initialize(
                encoder.parameters(),
                name -> name.matches("head\\.memory\\.(classes|centres|prototypes|clusters)"),
                0.02,
                7);
    }

    private static ParameterStore parameters(BertEncoder encoder) {
        return encoder.parameters();
    }

    static BertEncoder encoder(long seed) {
        BertEncoder encoder = BertEncoder.create(TinyModel.config(WIDTH, 2));
        BertEncoder.initialize(encoder.parameters(), name -> true, 0.2, seed);
        return encoder;
    }

    private record Learned(StepOutcome outcome, Map<String, float[]> gradients) {}

    private static <C> Learned learn(ContrastiveLearning<C> learning, Batch<C> batch) {
        learning.parameters().zeroGradients();
        StepOutcome outcome = learning.accumulate(batch, STEP);
        return new Learned(outcome, gradients(learning.parameters()));
    }

    static Map<String, float[]> gradients(ParameterStore store) {
        Map<String, float[]> gradients = new LinkedHashMap<>();
        try (Scope scope = Scope.open("gradients")) {
            for (Parameter parameter : store.parameters()) {
                gradients.put(
                        parameter.name(),
                        Objects.requireNonNull(parameter.value().gradient()).toFloats());
            }
        }
        return gradients;
    }

    private static void assertSame(Recipe recipe, Learned found, Learned expected) {
        String what = recipe.name() + " " + recipe.slots();
        assertThat(found.outcome.loss())
                .as(what)
                // Parts of a value may cancel; single precision is relative to the parts.
                .isCloseTo(expected.outcome.loss(), within(RELATIVE * (0.1 + Math.abs(expected.outcome.loss()))));
        assertThat(distance(found.gradients, expected.gradients)).as(what).isLessThan(RELATIVE);
    }

    /** The norm of the difference of two gradients over the norm of the second, which must not be zero. */
    static double distance(Map<String, float[]> found, Map<String, float[]> expected) {
        double difference = 0;
        double norm = 0;
        for (Map.Entry<String, float[]> entry : expected.entrySet()) {
            float[] one = Objects.requireNonNull(found.get(entry.getKey()));
            float[] other = entry.getValue();
            for (int i = 0; i < other.length; i++) {
                difference += ((double) one[i] - other[i]) * ((double) one[i] - other[i]);
                norm += (double) other[i] * other[i];
            }
        }
        assertThat(norm).isGreaterThan(1e-12);
        return Math.sqrt(difference / norm);
    }

    private static int columns(Recipe recipe) {
        Needs needs = recipe.create().needs();
        // Hard negatives wherever the recipe can use them.
        return needs.negatives() && !needs.sameText() ? 4 : 2;
    }

    private static List<int[]> texts(Recipe recipe) {
        RandomStream random = RandomStream.of(1, "texts");
        int[] lengths = IntStream.range(0, ROWS * columns(recipe))
                .map(i -> 3 + random.nextInt(12))
                .toArray();
        List<int[]> texts = new ArrayList<>(TinyModel.tokens(random, lengths));
        if (recipe.create().needs().sameText()) {
            for (int i = 0; i < ROWS; i++) {
                texts.set(ROWS + i, texts.get(i));
            }
        }
        return texts;
    }

    static Batch<PackedSequences> batch(Recipe recipe, List<int[]> texts, int budget) {
        Needs needs = recipe.create().needs();
        int count = texts.size() / ROWS;
        List<Batch.Column> columns = new ArrayList<>();
        for (int c = 0; c < count; c++) {
            ViewRole role = c == 0 ? ViewRole.ANCHOR : c == 1 ? ViewRole.POSITIVE : ViewRole.NEGATIVE;
            long[] contents = new long[ROWS];
            for (int i = 0; i < ROWS; i++) {
                contents[i] = Arrays.hashCode(texts.get(c * ROWS + i));
            }
            columns.add(new Batch.Column(role, contents));
        }
        RandomStream random = RandomStream.of(2, "scores");
        double[] scores = IntStream.range(0, ROWS)
                .mapToDouble(i -> (1 + random.nextInt(5)) / 5.0)
                .toArray();
        double[][] teacher = new double[ROWS][Math.max(1, count - 1)];
        for (double[] row : teacher) {
            Arrays.setAll(row, k -> 2 * random.nextGaussian());
        }
        List<Batch.Chunk<PackedSequences>> chunks = chunks(texts, budget);
        boolean margins = recipe.name().equals("margin-mse");
        return new Batch<>(
                ROWS,
                columns,
                chunks,
                needs.scores() && !margins ? scores : new double[0],
                needs.teacherScores() || margins ? teacher : new double[0][],
                needs.labels() ? IntStream.range(0, ROWS).map(i -> i % 4).toArray() : new int[0],
                LongStream.range(0, ROWS).map(i -> ROWS - i).toArray(),
                0,
                0,
                0);
    }

    static List<Batch.Chunk<PackedSequences>> chunks(List<int[]> texts, int budget) {
        List<Batch.Chunk<PackedSequences>> chunks = new ArrayList<>();
        for (int[] places : TokenChunks.cut(texts, budget)) {
            chunks.add(new Batch.Chunk<>(
                    PackedSequences.of(
                            Arrays.stream(places).mapToObj(texts::get).toList()),
                    places));
        }
        return chunks;
    }
}
