package io.chiaro.cli.inspection;

import io.chiaro.vision.AugmentationRecipe;
import io.chiaro.vision.PictureFiles;
import io.chiaro.vision.PictureModel;
import io.chiaro.vision.Pictures;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Pictures of a set, as they are looked at: themselves, and two views of each, which belong to it.
 *
 * @param pictures those that were drawn
 * @param usable how many the set has
 * @param augmentation what makes views
 * @param seed of views
 */
public record PictureItems(Pictures pictures, int usable, AugmentationRecipe augmentation, long seed) {

    private static final int VIEWS = 2;

    /**
     * A sample of a set, in its order.
     *
     * @param most pictures that are taken
     * @param seed which ones, and of their views
     * @param augmentation by name; null for what such pictures are usually trained with
     */
    public static PictureItems read(Path file, int most, long seed, @Nullable String augmentation) {
        Pictures all = PictureFiles.read(file, PictureFiles.Options.defaults());
        return new PictureItems(
                all.select(EmbeddedItems.sample(all.count(), most, seed)),
                all.count(),
                augmentation == null ? AugmentationRecipe.usual(all.size()) : AugmentationRecipe.named(augmentation),
                seed);
    }

    /** Whether a picture has views that are not itself. */
    public boolean paired() {
        return augmentation.views().stream().anyMatch(list -> !list.isEmpty());
    }

    /** Some of the pictures. */
    Pictures at(int[] places) {
        return pictures.select(places);
    }

    /** The class of each; empty where nobody knows. */
    public int[] classes() {
        return pictures.labelled() ? pictures.labels() : new int[0];
    }

    /** Their vectors: of the pictures, then of their views. */
    public EmbeddedItems embedded(PictureModel model) {
        List<float[][]> views = new ArrayList<>();
        views.add(model.embed(pictures));
        for (int view = 0; paired() && view < VIEWS; view++) {
            views.add(model.embed(pictures, augmentation, seed, view));
        }
        return new EmbeddedItems(
                views,
                pictures.labelled() ? List.of(classes()) : List.of(),
                pictures.labelled() ? List.of("class") : List.of());
    }
}
