package io.chiaro.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.chiaro.core.ChiaroException;
import io.chiaro.core.RandomStream;
import io.chiaro.data.EpochOptions;
import io.chiaro.data.EpochPlan;
import io.chiaro.data.Role;
import io.chiaro.data.Roles;
import io.chiaro.data.TokenStore;
import io.chiaro.data.TokenStoreOptions;
import io.chiaro.model.Tokenizer;
import io.chiaro.nn.PackedSequences;
import io.chiaro.tensor.NativeRuntime;
import io.chiaro.testkit.LeakCheck;
import io.chiaro.train.Batch;
import io.chiaro.train.TrainingEvent;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@ExtendWith(LeakCheck.class)
class TextViewTest {

    private static final int CLS = 2;
    private static final int SEP = 3;
    private static final IntPredicate SPECIAL = id -> id == CLS || id == SEP;
    /** Ten tokens, each another one, in the order of their numbers. */
    private static final int[] TEXT = {CLS, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, SEP};

    @TempDir
    Path folder;

    @BeforeAll
    static void load() {
        NativeRuntime.load();
    }

    private static int[] view(TextView view, int[] text, long number) {
        int[] given = text.clone();
        int[] found = view.of(text, SPECIAL, RandomStream.of(7, "test", number));
        assertThat(text).as("the text itself is left alone").isEqualTo(given);
        assertThat(found[0]).isEqualTo(CLS);
        assertThat(found[found.length - 1]).isEqualTo(SEP);
        return found;
    }

    private static int[] inside(int[] framed) {
        return Arrays.copyOfRange(framed, 1, framed.length - 1);
    }

    @Test
    void repetition_doubles_tokens_where_they_stand_and_never_more_than_the_rate() {
        Set<Integer> lengths = new HashSet<>();
        for (int i = 0; i < 200; i++) {
            int[] found = view(new TextView.Repetition(0.32, 64), TEXT, i);
            assertThat(Arrays.stream(found).distinct().toArray()).isEqualTo(TEXT);
            assertThat(inside(found)).isSorted();
            Arrays.stream(TEXT)
                    .forEach(id -> assertThat(Arrays.stream(found)
                                    .filter(other -> other == id)
                                    .count())
                            .isLessThanOrEqualTo(2));
            lengths.add(found.length - TEXT.length);
        }
        // max(2, floor(0.32 * 10)) = 3
        assertThat(lengths).containsExactlyInAnyOrder(0, 1, 2, 3);
    }

    @Test
    void of_a_short_text_two_tokens_may_be_repeated_and_a_full_one_stays_as_it_is() {
        int[] shorter = {CLS, 10, 11, 12, SEP};
        assertThat(IntStream.range(0, 100)
                        .map(i -> view(new TextView.Repetition(0.32, 64), shorter, i).length)
                        .max())
                .hasValue(7);
        assertThat(new TextView.Repetition(0.32, 64).longest(shorter, SPECIAL)).hasSize(7);
        assertThat(view(new TextView.Repetition(0.32, 12), TEXT, 1)).isEqualTo(TEXT);
        assertThat(new TextView.Repetition(0.32, 13).longest(TEXT, SPECIAL)).hasSize(13);
        assertThat(new TextView.Repetition(1, 64).longest(new int[] {CLS, SEP}, SPECIAL))
                .containsExactly(CLS, SEP);
    }

    @Test
    void a_crop_is_one_stretch_of_the_text_and_of_every_length_up_to_its_share() {
        Set<Integer> lengths = new HashSet<>();
        Set<Integer> firsts = new HashSet<>();
        for (int i = 0; i < 400; i++) {
            int[] found = inside(view(new TextView.Crop(0.5), TEXT, i));
            for (int t = 1; t < found.length; t++) {
                assertThat(found[t]).isEqualTo(found[t - 1] + 1);
            }
            lengths.add(found.length);
            firsts.add(found[0]);
        }
        assertThat(lengths).containsExactlyInAnyOrder(1, 2, 3, 4, 5);
        assertThat(firsts).contains(10, 19);
    }

    @Test
    void deletion_keeps_the_order_and_leaves_out_the_share_that_it_was_told() {
        int kept = 0;
        for (int i = 0; i < 2000; i++) {
            int[] found = inside(view(new TextView.Deletion(0.4), TEXT, i));
            assertThat(found).isNotEmpty().isSorted().doesNotHaveDuplicates();
            kept += found.length;
        }
        // One token in ten is spared.
        assertThat(kept / 20_000.0).isCloseTo(1 - 0.4 * 0.9, within(0.02));
        for (int i = 0; i < 50; i++) {
            assertThat(inside(view(new TextView.Deletion(0.99), TEXT, i))).isNotEmpty();
        }
        assertThat(view(new TextView.Deletion(0), TEXT, 1)).isEqualTo(TEXT);
    }

    @Test
    void shuffling_keeps_every_token_and_the_frame() {
        Set<List<Integer>> orders = new HashSet<>();
        for (int i = 0; i < 20; i++) {
            int[] found = view(new TextView.Shuffle(), TEXT, i);
            orders.add(Arrays.stream(found).boxed().toList());
            Arrays.sort(found, 1, found.length - 1);
            assertThat(found).isEqualTo(TEXT);
        }
        assertThat(orders).hasSize(20);
    }

    @Test
    void a_text_without_tokens_of_its_own_has_no_other_views() {
        int[] empty = {CLS, SEP};
        for (TextView view : List.of(
                new TextView.Unchanged(),
                new TextView.Repetition(0.32, 64),
                new TextView.Crop(0.5),
                new TextView.Deletion(0.5),
                new TextView.Shuffle())) {
            assertThat(view.of(empty, SPECIAL, RandomStream.of(1, "empty"))).containsExactly(CLS, SEP);
        }
    }

    @Test
    void a_view_is_told_by_seed_epoch_source_row_and_number() {
        TextViews views = new TextViews(new TextView.Shuffle(), SPECIAL);
        int[] found = views.of(TEXT, 1, 2, 3, 4, 1);
        assertThat(views.of(TEXT, 1, 2, 3, 4, 1)).isEqualTo(found);
        for (int[] other : List.of(
                views.of(TEXT, 0, 2, 3, 4, 1),
                views.of(TEXT, 1, 0, 3, 4, 1),
                views.of(TEXT, 1, 2, 0, 4, 1),
                views.of(TEXT, 1, 2, 3, 0, 1),
                views.of(TEXT, 1, 2, 3, 4, 0))) {
            assertThat(other).isNotEqualTo(found);
        }
        TextViews repeated = new TextViews(new TextView.Repetition(1, 64), SPECIAL);
        assertThat(repeated.of(TEXT, 1, 2, 3, 4, 0)).isEqualTo(TEXT);
    }

    /** The texts of a batch in the order of its grid. */
    private static List<int[]> texts(Batch<PackedSequences> batch) {
        int[][] texts = new int[batch.inputs()][];
        for (Batch.Chunk<PackedSequences> chunk : batch.chunks()) {
            List<int[]> unpacked = chunk.input().unpacked();
            for (int i = 0; i < chunk.places().length; i++) {
                texts[chunk.places()[i]] = unpacked.get(i);
            }
        }
        return List.of(texts);
    }

    @Test
    void the_batches_have_the_same_views_in_every_chunking_and_others_in_every_epoch() {
        Path file = TinyRun.pairs(folder, 40);
        try (Tokenizer tokenizer = TinyModel.tokenizer();
                TokenStore store = TokenStore.openOrBuild(
                        folder.resolve("store"),
                        file,
                        Roles.of(Map.of(Role.ANCHOR, List.of("positive"))),
                        new PromptedTokenizer(tokenizer, new PromptedTokenizer.Before("", ""), 64),
                        TokenStoreOptions.defaults(),
                        rows -> {})) {
            TextViews views = new TextViews(new TextView.Deletion(0.5), SPECIAL);
            List<TextBatches> batches = new ArrayList<>();
            for (int chunk : new int[] {30, 1000}) {
                batches.add(new TextBatches(
                        List.of(EpochPlan.Source.all(store)),
                        TextBatches.Form.of(EpochOptions.defaults(8), chunk).withViews(views),
                        5));
            }
            TextBatches small = batches.get(0);
            TextBatches large = batches.get(1);
            assertThat(small.batch(0).chunks())
                    .hasSizeGreaterThan(large.batch(0).chunks().size());
            for (int step = 0; step < 2 * small.batchesPerEpoch(); step++) {
                Batch<PackedSequences> batch = small.batch(step);
                List<int[]> found = texts(batch);
                assertThat(found).usingRecursiveComparison().isEqualTo(texts(large.batch(step)));
                assertThat(batch.columns().get(0).contents())
                        .as("a view is still the same text to the masks")
                        .isEqualTo(batch.columns().get(1).contents());
            }
            Set<String> first = new HashSet<>();
            Set<String> second = new HashSet<>();
            for (int step = 0; step < small.batchesPerEpoch(); step++) {
                texts(small.batch(step)).forEach(text -> first.add(Arrays.toString(text)));
                texts(small.batch(small.batchesPerEpoch() + step)).forEach(text -> second.add(Arrays.toString(text)));
            }
            assertThat(second).isNotEqualTo(first);
            assertThat(large.largest().tokens()).isGreaterThan(large.batch(0).tokens());
        }
    }

    private Map<String, Object> bare(String recipe, Map<String, String> set, int steps) {
        return Map.of(
                "recipe",
                recipe,
                "set",
                set,
                "steps",
                steps,
                "data",
                List.of(Map.of("path", TinyRun.pairs(folder, 60).toString(), "roles", Map.of("anchor", "positive"))));
    }

    @ParameterizedTest
    @CsvSource({
        "simcse,repetition",
        "nt-xent,crop",
        "moco,crop",
        "esimcse,repetition",
        "barlow-twins,deletion",
        "vicreg,shuffle",
        "info-nce,dropout"
    })
    void bare_texts_train_any_recipe_of_two_views_and_the_run_repeats_to_the_bit(String recipe, String views) {
        Map<String, Object> changes = bare(recipe, Map.of("text-views", views), 6);
        assertThat(TinyRun.train(TinyRun.run(folder, "one", changes), TextTraining.Options.defaults()))
                .isEqualTo(TrainingEvent.Ending.COMPLETED);
        TinyRun.train(TinyRun.run(folder, "two", changes), TextTraining.Options.defaults());
        assertThat(TinyRun.weights(folder.resolve("two"))).isEqualTo(TinyRun.weights(folder.resolve("one")));
    }

    @Test
    void another_view_is_another_run() {
        TinyRun.train(TinyRun.run(folder, "one", bare("simcse", Map.of(), 4)), TextTraining.Options.defaults());
        TinyRun.train(
                TinyRun.run(folder, "same", bare("simcse", Map.of("text-views", "dropout"), 4)),
                TextTraining.Options.defaults());
        TinyRun.train(
                TinyRun.run(folder, "other", bare("simcse", Map.of("text-views", "repetition"), 4)),
                TextTraining.Options.defaults());
        assertThat(TinyRun.weights(folder.resolve("same"))).isEqualTo(TinyRun.weights(folder.resolve("one")));
        assertThat(TinyRun.weights(folder.resolve("other"))).isNotEqualTo(TinyRun.weights(folder.resolve("one")));
    }

    @Test
    void what_belongs_to_a_recipe_holds_unless_the_run_says_otherwise() {
        Map<String, String> written = Map.of("text-views", "repetition", "queue", "40", "momentum", "0.995");
        TinyRun.train(TinyRun.run(folder, "usual", bare("esimcse", Map.of(), 4)), TextTraining.Options.defaults());
        TinyRun.train(TinyRun.run(folder, "written", bare("esimcse", written, 4)), TextTraining.Options.defaults());
        TinyRun.train(
                TinyRun.run(folder, "other", bare("esimcse", Map.of("text-views", "dropout"), 4)),
                TextTraining.Options.defaults());
        assertThat(TinyRun.weights(folder.resolve("written"))).isEqualTo(TinyRun.weights(folder.resolve("usual")));
        assertThat(TinyRun.weights(folder.resolve("other"))).isNotEqualTo(TinyRun.weights(folder.resolve("usual")));
        try (TextTraining training = TextTraining.start(
                TinyRun.run(folder, "told", bare("esimcse", Map.of("queue", "9"), 4)),
                TextTraining.Options.defaults())) {
            assertThat(training.slots())
                    .containsEntry("text-views", "repetition")
                    .containsEntry("queue", "9")
                    .containsEntry("momentum", "0.995");
        }
    }

    @Test
    void views_that_do_not_exist_or_have_no_effect_are_refused() {
        refused(bare("simcse", Map.of("text-views", "repitition"), 2), "repetition");
        refused(bare("simcse", Map.of("view-rate", "0.2"), 2), "no rate");
        refused(bare("simcse", Map.of("text-views", "crop", "view-rate", "2"), 2), "0.05 to 1");
        refused(bare("tsdae", Map.of("text-views", "crop"), 2), "no effect");
        refused(Map.of("recipe", "info-nce", "set", Map.of("text-views", "crop")), "would ignore the role positive");
    }

    private void refused(Map<String, ?> changes, String reason) {
        assertThatThrownBy(() ->
                        TextTraining.start(TinyRun.run(folder, "refused", changes), TextTraining.Options.defaults()))
                .isInstanceOf(ChiaroException.class)
                .hasMessageContaining(reason);
    }

    @Test
    void what_is_repeated_is_no_more_likely_at_one_place_than_at_another() {
        int[] counts = new int[TEXT.length];
        for (int i = 0; i < 3000; i++) {
            int[] found = view(new TextView.Repetition(0.5, 64), TEXT, i);
            for (int t = 1; t < found.length; t++) {
                if (found[t] == found[t - 1]) {
                    counts[found[t] - 9]++;
                }
            }
        }
        // On average 2.5 of ten tokens: a quarter of 3000.
        for (int t = 1; t < TEXT.length - 1; t++) {
            assertThat(counts[t]).isBetween(650, 850);
        }
    }
}
