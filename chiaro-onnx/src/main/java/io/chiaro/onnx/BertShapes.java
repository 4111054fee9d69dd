package io.chiaro.onnx;

import io.chiaro.model.BertConfig;
import java.util.LinkedHashMap;
import java.util.Map;

/** The parameters of a BERT encoder without pooler: Hugging Face name and shape, in the order of the forward pass. */
final class BertShapes {

    private BertShapes() {}

    static Map<String, int[]> of(BertConfig config) {
        int hidden = config.hiddenSize();
        int intermediate = config.intermediateSize();
        Map<String, int[]> shapes = new LinkedHashMap<>();
        shapes.put("embeddings.word_embeddings.weight", new int[] {config.vocabularySize(), hidden});
        shapes.put("embeddings.position_embeddings.weight", new int[] {config.maxPositions(), hidden});
        shapes.put("embeddings.token_type_embeddings.weight", new int[] {config.typeVocabularySize(), hidden});
        norm(shapes, "embeddings.LayerNorm", hidden);
        for (int layer = 0; layer < config.layers(); layer++) {
            String prefix = layer(layer);
            linear(shapes, prefix + "attention.self.query", hidden, hidden);
            linear(shapes, prefix + "attention.self.key", hidden, hidden);
            linear(shapes, prefix + "attention.self.value", hidden, hidden);
            linear(shapes, prefix + "attention.output.dense", hidden, hidden);
            norm(shapes, prefix + "attention.output.LayerNorm", hidden);
            linear(shapes, prefix + "intermediate.dense", intermediate, hidden);
            linear(shapes, prefix + "output.dense", hidden, intermediate);
            norm(shapes, prefix + "output.LayerNorm", hidden);
        }
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

    private static void linear(Map<String, int[]> shapes, String name, int out, int in) {
        shapes.put(name + ".weight", new int[] {out, in});
        shapes.put(name + ".bias", new int[] {out});
    }

    private static void norm(Map<String, int[]> shapes, String name, int size) {
        shapes.put(name + ".weight", new int[] {size});
        shapes.put(name + ".bias", new int[] {size});
    }
}
