package io.chiaro.vision;

import io.chiaro.objective.recipe.Recipe;
import io.chiaro.tensor.Tensor;
import io.chiaro.train.ContrastiveLearning;
import io.chiaro.train.Sharpness;
import java.util.ArrayList;
import java.util.List;

/** Looks into a model of pictures: what its stages hold, and how its loss lies around its weights. */
public final class PictureInspection {

    private PictureInspection() {}

    /**
     * The vectors of pictures as if each stage were the last: the mean over all places. They are not divided by their lengths.
     *
     * @return stages times [pictures][width of the stage]
     */
    public static List<float[][]> stages(PictureModel model, Pictures pictures) {
        List<float[][]> vectors = made(model, pictures);
        PictureChunks.each(
                model.fitting(pictures), PictureChunks.PIXELS, (chunk, first) -> put(model, chunk, first, vectors));
        return vectors;
    }

    /**
     * The same of one view of each picture, drawn by the seed.
     *
     * @param view which one, from 0
     */
    public static List<float[][]> stages(
            PictureModel model, Pictures pictures, AugmentationRecipe augmentation, long seed, int view) {
        List<float[][]> vectors = made(model, pictures);
        PictureChunks.each(
                model.fitting(pictures),
                augmentation,
                seed,
                view,
                PictureChunks.PIXELS,
                (chunk, first) -> put(model, chunk, first, vectors));
        return vectors;
    }

    private static List<float[][]> made(PictureModel model, Pictures pictures) {
        List<float[][]> vectors = new ArrayList<>();
        model.encoder().config().stages().forEach(stage -> vectors.add(new float[pictures.count()][]));
        return vectors;
    }

    private static void put(PictureModel model, PictureChunk chunk, int first, List<float[][]> vectors) {
        List<Tensor> stages = model.encoder().stages(chunk);
        for (int stage = 0; stage < vectors.size(); stage++) {
            float[][] rows = stages.get(stage).toRows();
            System.arraycopy(rows, 0, vectors.get(stage), first, rows.length);
        }
    }

    /**
     * The sharpness of a recipe's loss on two views of each picture. The model's weights are as before afterwards.
     *
     * @param recipe one that needs two views and remembers nothing
     * @param radius length of the steps
     * @param directions random directions
     */
    public static Sharpness sharpness(
            PictureModel model,
            Recipe recipe,
            Pictures pictures,
            AugmentationRecipe augmentation,
            double radius,
            int directions,
            long seed) {
        PictureBatches batches = PictureBatches.of(
                model.fitting(pictures),
                augmentation,
                pictures.count(),
                new PictureBatches.Options(2, PictureChunks.PIXELS, false, seed));
        return Sharpness.measure(
                new ContrastiveLearning<>(model.encoder(), recipe.create(), 0, null),
                batches.batch(0),
                radius,
                directions,
                seed);
    }
}
