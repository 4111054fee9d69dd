package io.chiaro.vision;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.chiaro.core.RandomStream;
import io.chiaro.core.Schedule;
import io.chiaro.objective.recipe.Recipes;
import io.chiaro.tensor.AdamW;
import io.chiaro.tensor.NativeRuntime;
import io.chiaro.tensor.ParameterStore;
import io.chiaro.tensor.Scope;
import io.chiaro.testkit.LeakCheck;
import io.chiaro.train.CheckpointStore;
import io.chiaro.train.ContrastiveLearning;
import io.chiaro.train.Trainer;
import io.chiaro.train.TrainerSettings;
import io.chiaro.train.TrainingEvent;
import io.chiaro.train.Validation;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** A tiny net learns without labels what views have in common. */
@ExtendWith(LeakCheck.class)
class PictureLearningTest {

    private static final int STEPS = 40;
    private static final Pictures TRAIN = Shapes.draw(240, 1);
    private static final Pictures TEST = Shapes.draw(120, 2);

    /** Views that keep the hue and change place, size and brightness. */
    private static final AugmentationRecipe VIEWS = AugmentationRecipe.of(
            "shapes",
            RandomResizedCrop.of(0.5),
            new ColourJitter(0.8, 0.8, 0, 0),
            new HorizontalFlip().withProbability(0.5));

    @TempDir
    Path folder;

    @BeforeAll
    static void load() {
        NativeRuntime.load();
    }

    private static ContrastiveLearning<PictureChunk> learning(PictureModel model) {
        return new ContrastiveLearning<>(
                model.encoder(), Recipes.named("nt-xent").create(), 0, null);
    }

    private PictureModel train(String name, long seed) {
        PictureModel model = PictureModel.fresh(ConvConfig.named("tiny", 3), seed);
        PictureBatches batches =
                PictureBatches.of(TRAIN, VIEWS, 60, new PictureBatches.Options(2, 1 << 19, false, seed));
        try (AdamW optimizer = new AdamW(model.encoder().parameters(), AdamW.Config.defaults())) {
            TrainerSettings settings = new TrainerSettings(
                    STEPS, 2e-3, Schedule.constant(), 0, STEPS, 10, seed, Optional.empty(), Optional.empty());
            Trainer<PictureChunk> trainer = new Trainer<>(
                    batches,
                    learning(model),
                    optimizer,
                    settings,
                    Validation.none(),
                    CheckpointStore.open(folder.resolve(name), 1),
                    List.of(),
                    () -> 0);
            assertThat(trainer.run(name, Map.of())).isEqualTo(TrainingEvent.Ending.COMPLETED);
        }
        return model;
    }

    /** The share of test pictures whose five nearest training pictures by cosine vote for their class. */
    private static double neighbourAccuracy(PictureModel model) {
        float[][] train = unit(PictureEmbedder.of(model.encoder()).embed(TRAIN));
        float[][] test = unit(PictureEmbedder.of(model.encoder()).embed(TEST));
        int right = 0;
        for (int i = 0; i < test.length; i++) {
            double[] similarities = new double[train.length];
            for (int j = 0; j < train.length; j++) {
                for (int d = 0; d < test[i].length; d++) {
                    similarities[j] += test[i][d] * train[j][d];
                }
            }
            int[] votes = new int[Shapes.NAMES.size()];
            for (int k = 0; k < 5; k++) {
                int best = 0;
                for (int j = 1; j < similarities.length; j++) {
                    best = similarities[j] > similarities[best] ? j : best;
                }
                votes[TRAIN.label(best)]++;
                similarities[best] = Double.NEGATIVE_INFINITY;
            }
            int most = 0;
            for (int c = 1; c < votes.length; c++) {
                most = votes[c] > votes[most] ? c : most;
            }
            right += most == TEST.label(i) ? 1 : 0;
        }
        return (double) right / test.length;
    }

    private static float[][] unit(float[][] vectors) {
        for (float[] vector : vectors) {
            double squares = 0;
            for (float value : vector) {
                squares += value * value;
            }
            for (int d = 0; d < vector.length; d++) {
                vector[d] /= (float) Math.sqrt(squares);
            }
        }
        return vectors;
    }

    @Test
    void forty_steps_without_labels_make_neighbours_alike() {
        try (PictureModel untrained = PictureModel.fresh(ConvConfig.named("tiny", 3), 5);
                PictureModel trained = train("run", 5)) {
            double before = neighbourAccuracy(untrained);
            double after = neighbourAccuracy(trained);
            assertThat(after).as("after %s, before %s", after, before).isGreaterThan(before + 0.1);
        }
    }

    @Test
    void the_same_seed_gives_the_same_bits_and_another_one_others() {
        try (PictureModel one = train("one", 5);
                PictureModel again = train("again", 5);
                PictureModel other = train("other", 6)) {
            assertThat(again.hash()).isEqualTo(one.hash());
            assertThat(other.hash()).isNotEqualTo(one.hash());
        }
    }

    @Test
    void the_gradient_is_the_same_however_a_batch_is_cut() {
        try (PictureModel model = PictureModel.fresh(ConvConfig.named("tiny", 3), 5)) {
            float[] whole = gradients(model, 1 << 19);
            for (long pixels : new long[] {1, 7 * 256, 50 * 256}) {
                float[] cut = gradients(model, pixels);
                double difference = 0;
                double length = 0;
                for (int i = 0; i < whole.length; i++) {
                    difference += (cut[i] - whole[i]) * (cut[i] - whole[i]);
                    length += whole[i] * whole[i];
                }
                assertThat(Math.sqrt(length)).isGreaterThan(1e-3);
                assertThat(Math.sqrt(difference / length)).isCloseTo(0, within(1e-5));
            }
        }
    }

    private static float[] gradients(PictureModel model, long chunkPixels) {
        ParameterStore parameters = model.encoder().parameters();
        parameters.zeroGradients();
        PictureBatches batches =
                PictureBatches.of(TRAIN, VIEWS, 20, new PictureBatches.Options(2, chunkPixels, false, 3));
        learning(model).accumulate(batches.batch(4), RandomStream.address(1, "step", 4));
        float[] all = new float[(int) parameters.count()];
        int[] at = new int[1];
        try (Scope scope = Scope.open("gradients")) {
            parameters.parameters().forEach(parameter -> {
                float[] values =
                        Objects.requireNonNull(parameter.value().gradient()).toFloats();
                System.arraycopy(values, 0, all, at[0], values.length);
                at[0] += values.length;
            });
        }
        return all;
    }
}
