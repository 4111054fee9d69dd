package io.chiaro.cli.inspection;

import io.chiaro.model.TextRole;
import io.chiaro.objective.recipe.Recipe;
import io.chiaro.text.TextInspection;
import io.chiaro.text.TextModel;
import io.chiaro.train.Sharpness;
import java.util.Arrays;
import java.util.List;

/**
 * A model of texts.
 *
 * @param texts what it is asked about
 */
public record OpenedTextModel(TextModel model, TextItems texts) implements OpenedModel {

    @Override
    public String things() {
        return "texts";
    }

    @Override
    public int size() {
        return texts.anchors().size();
    }

    @Override
    public int[] classes() {
        return texts.classes();
    }

    @Override
    public boolean paired() {
        return !texts.positives().isEmpty();
    }

    @Override
    public int firstLayer() {
        return 0;
    }

    @Override
    public List<float[][]> layers(int[] places) {
        return TextInspection.layers(model, at(texts.anchors(), places), texts.role());
    }

    @Override
    public List<float[][]> layersOfPositives(int[] places) {
        return TextInspection.layers(model, at(texts.positives(), places), TextRole.DOCUMENT);
    }

    @Override
    public Sharpness sharpness(Recipe recipe, int[] places, double radius, int directions, long seed) {
        return TextInspection.sharpness(
                model, recipe, at(texts.anchors(), places), at(texts.positives(), places), radius, directions, seed);
    }

    private static List<String> at(List<String> texts, int[] places) {
        return Arrays.stream(places).mapToObj(texts::get).toList();
    }

    @Override
    public void close() {
        model.close();
    }
}
