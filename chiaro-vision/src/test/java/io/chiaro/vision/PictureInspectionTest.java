package io.chiaro.vision;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.chiaro.objective.recipe.Recipes;
import io.chiaro.tensor.NativeRuntime;
import io.chiaro.testkit.LeakCheck;
import io.chiaro.train.Sharpness;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(LeakCheck.class)
class PictureInspectionTest {

    private static final AugmentationRecipe FLIP = AugmentationRecipe.named("flip");

    @BeforeAll
    static void load() {
        NativeRuntime.load();
    }

    private static PictureModel model() {
        return PictureModel.fresh(ConvConfig.named("tiny", 3), 7);
    }

    @Test
    void the_last_stage_is_the_embedding_and_each_stage_has_its_own_width() {
        Pictures pictures = Shapes.draw(20, 3);
        try (PictureModel model = model()) {
            List<float[][]> stages = PictureInspection.stages(model, pictures);

            assertThat(stages)
                    .hasSameSizeAs(model.encoder().config().stages())
                    .last()
                    .isEqualTo(model.embed(pictures));
            for (int k = 0; k < stages.size(); k++) {
                assertThat(stages.get(k)).hasNumberOfRows(20);
                assertThat(stages.get(k)[0])
                        .hasSize(model.encoder().config().stages().get(k).width());
            }
        }
    }

    @Test
    void a_view_is_drawn_by_seed_and_number_whatever_the_chunks_are() {
        Pictures pictures = Shapes.draw(20, 3);
        try (PictureModel model = model()) {
            float[][] view = model.embed(pictures, FLIP, 5, 0);
            PictureEmbedder onePicture =
                    new PictureEmbedder(model.encoder(), pictures.size().area());

            assertThat(onePicture.embed(pictures, FLIP, 5, 0)[19]).containsExactly(view[19], within(1e-6f));
            assertThat(PictureInspection.stages(model, pictures, FLIP, 5, 0))
                    .last()
                    .isEqualTo(view);
            assertThat(model.embed(pictures, FLIP, 5, 1)).isNotEqualTo(view);
            assertThat(model.embed(pictures, AugmentationRecipe.named("none"), 5, 0))
                    .isEqualTo(model.embed(pictures));
        }
    }

    @Test
    void sharpness_leaves_the_weights_as_they_were() {
        Pictures pictures = Shapes.draw(16, 3);
        try (PictureModel model = model()) {
            String before = model.hash();
            Sharpness found =
                    PictureInspection.sharpness(model, Recipes.named("info-nce"), pictures, FLIP, 0.05, 2, 11);

            assertThat(found.alongGradient()).isPositive().isGreaterThan(found.alongRandom());
            assertThat(model.hash()).isEqualTo(before);
        }
    }
}
