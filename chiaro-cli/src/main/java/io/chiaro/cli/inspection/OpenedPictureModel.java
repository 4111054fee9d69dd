package io.chiaro.cli.inspection;

import io.chiaro.objective.recipe.Recipe;
import io.chiaro.train.Sharpness;
import io.chiaro.vision.PictureInspection;
import io.chiaro.vision.PictureModel;
import java.util.List;

/**
 * A model of pictures. Its layers are the stages of its encoder.
 *
 * @param items what it is asked about
 */
public record OpenedPictureModel(PictureModel model, PictureItems items) implements OpenedModel {

    @Override
    public String things() {
        return "pictures";
    }

    @Override
    public int size() {
        return items.pictures().count();
    }

    @Override
    public int[] classes() {
        return items.classes();
    }

    @Override
    public boolean paired() {
        return items.paired();
    }

    @Override
    public int firstLayer() {
        return 1;
    }

    @Override
    public List<float[][]> layers(int[] places) {
        return PictureInspection.stages(model, items.at(places));
    }

    @Override
    public List<float[][]> layersOfPositives(int[] places) {
        return PictureInspection.stages(model, items.at(places), items.augmentation(), items.seed(), 0);
    }

    @Override
    public Sharpness sharpness(Recipe recipe, int[] places, double radius, int directions, long seed) {
        return PictureInspection.sharpness(
                model, recipe, items.at(places), items.augmentation(), radius, directions, seed);
    }

    @Override
    public void close() {
        model.close();
    }
}
