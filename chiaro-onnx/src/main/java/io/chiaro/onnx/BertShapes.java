package io.chiaro.onnx;

import io.chiaro.model.BertConfig;
import io.chiaro.model.BertWeightNames;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The parameters of a BERT encoder without pooler: Hugging Face name and shape, in the order of the forward pass. */
final class BertShapes {

    private BertShapes() {}

    static Map<String, int[]> of(BertConfig config) {
        return narrow(BertWeightNames.shapes(config));
    }

    /** The same with the pooler and the classifier of a cross-encoder. */
    static Map<String, int[]> scorer(BertConfig config, int outputs) {
        return narrow(BertWeightNames.scorer(config, outputs));
    }

    /** The same with the head of a sparse encoder. */
    static Map<String, int[]> sparse(BertConfig config) {
        return narrow(BertWeightNames.predictor(config));
    }

    /** The same with the projection of a late-interaction model. */
    static Map<String, int[]> tokenVectors(BertConfig config, int dimension) {
        Map<String, int[]> shapes = of(config);
        shapes.put(BertGraph.PROJECTION, new int[] {dimension, config.hiddenSize()});
        return shapes;
    }

    private static Map<String, int[]> narrow(Map<String, List<Long>> wide) {
        Map<String, int[]> shapes = new LinkedHashMap<>();
        wide.forEach((name, shape) ->
                shapes.put(name, shape.stream().mapToInt(Math::toIntExact).toArray()));
        return shapes;
    }

    /** What the names of a layer's parameters begin with. */
    static String layer(int index) {
        return "encoder.layer." + index + ".";
    }

    /** Whether a parameter is the matrix of a linear layer, which graphs store as [in, out] and not as [out, in]. */
    static boolean isLinearMatrix(String name, int[] shape) {
        return shape.length == 2 && !name.startsWith("embeddings.");
    }

    static long elements(int[] shape) {
        long product = 1;
        for (int size : shape) {
            product *= size;
        }
        return product;
    }
}
