package io.chiaro.cli.inspection;

import io.chiaro.objective.recipe.Recipe;
import io.chiaro.train.Sharpness;
import java.util.List;

/** A model that can be looked into, beside the items that it is asked about. Closing it releases the model. */
public interface OpenedModel extends AutoCloseable {

    /** What items are, in the plural. */
    String things();

    /** How many there are. */
    int size();

    /** The class of each; empty where nobody knows. */
    int[] classes();

    /** Whether something belongs to each. */
    boolean paired();

    /** The number of the first layer: 0 for what enters a model. */
    int firstLayer();

    /** The vectors of the items at some places by each layer, as if it were the last. */
    List<float[][]> layers(int[] places);

    /** The same of what belongs to them. */
    List<float[][]> layersOfPositives(int[] places);

    /** How the loss of a recipe lies around the weights, on the pairs at some places. */
    Sharpness sharpness(Recipe recipe, int[] places, double radius, int directions, long seed);

    @Override
    void close();
}
