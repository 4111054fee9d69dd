package io.chiaro.onnx;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.chiaro.core.RandomStream;
import io.chiaro.model.BertConfig;
import java.nio.LongBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** A random encoder of a few thousand weights, and plain access to the graphs that are made of it. */
final class SmallBert {

    static final BertConfig CONFIG = new BertConfig(60, 24, 2, 3, 40, 32, 2, 1e-12, 0.1, 0, 0.02, 0);

    private SmallBert() {}

    static Map<String, float[]> weights() {
        Map<String, float[]> weights = new LinkedHashMap<>();
        BertShapes.of(CONFIG)
                .forEach((name, shape) -> weights.put(name, values(name, (int) BertShapes.elements(shape))));
        return weights;
    }

    static float[] values(String name, int size) {
        RandomStream random = RandomStream.of(7, name);
        float[] values = new float[size];
        for (int i = 0; i < size; i++) {
            values[i] = (float) (0.3 * random.nextGaussian()) + (name.endsWith("LayerNorm.weight") ? 1 : 0);
        }
        return values;
    }

    static float[] weights(String name) {
        return Objects.requireNonNull(weights().get(name), name);
    }

    static Path write(Path directory, OnnxHead head) {
        Path file = directory.resolve("model.onnx");
        OnnxBertWriter.write(file, CONFIG, SmallBert::weights, head);
        return file;
    }

    /** Random ids that begin and end as BERT's do. */
    static int[] text(RandomStream random, int length, int vocabulary) {
        int[] ids = new int[length];
        for (int i = 0; i < length; i++) {
            ids[i] = 1 + random.nextInt(vocabulary - 1);
        }
        return ids;
    }

    static List<int[]> texts(long seed, int vocabulary, int... lengths) {
        List<int[]> texts = new ArrayList<>();
        for (int length : lengths) {
            texts.add(text(RandomStream.of(seed, "text", texts.size()), length, vocabulary));
        }
        return texts;
    }

    /** All outputs of a graph for a batch whose texts stand at the right or the left of the padding. */
    static Outputs run(Path file, List<int[]> texts, boolean paddingFirst) throws OrtException {
        int longest = texts.stream().mapToInt(text -> text.length).max().orElseThrow();
        long[] ids = new long[texts.size() * longest];
        long[] mask = new long[ids.length];
        for (int row = 0; row < texts.size(); row++) {
            int[] text = texts.get(row);
            int start = row * longest + (paddingFirst ? longest - text.length : 0);
            for (int t = 0; t < text.length; t++) {
                ids[start + t] = text[t];
                mask[start + t] = 1;
            }
        }
        long[] shape = {texts.size(), longest};
        OrtEnvironment environment = OrtEnvironment.getEnvironment();
        try (OrtSession session = environment.createSession(file.toString());
                OnnxTensor idTensor = OnnxTensor.createTensor(environment, LongBuffer.wrap(ids), shape);
                OnnxTensor maskTensor = OnnxTensor.createTensor(environment, LongBuffer.wrap(mask), shape);
                OnnxTensor types = OnnxTensor.createTensor(environment, LongBuffer.wrap(new long[ids.length]), shape);
                OrtSession.Result result = session.run(
                        Map.of("input_ids", idTensor, "attention_mask", maskTensor, "token_type_ids", types))) {
            return new Outputs(
                    ((OnnxTensor) result.get(0)).getFloatBuffer().array(),
                    ((OnnxTensor) result.get(1)).getFloatBuffer().array());
        }
    }

    /** What our graphs give for a batch, row after row. */
    @SuppressWarnings("ArrayRecordComponent")
    record Outputs(float[] tokenEmbeddings, float[] sentenceEmbedding) {}

    static double cosine(float[] a, float[] b) {
        double product = 0;
        double squaresOfA = 0;
        double squaresOfB = 0;
        for (int i = 0; i < a.length; i++) {
            product += (double) a[i] * b[i];
            squaresOfA += (double) a[i] * a[i];
            squaresOfB += (double) b[i] * b[i];
        }
        return product / Math.sqrt(squaresOfA * squaresOfB);
    }
}
