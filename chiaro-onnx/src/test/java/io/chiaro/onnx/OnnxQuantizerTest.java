package io.chiaro.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtSession;
import io.chiaro.core.ChiaroException;
import io.chiaro.core.RandomStream;
import io.chiaro.model.BertConfig;
import io.chiaro.model.Pooling;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OnnxQuantizerTest {

    @TempDir
    Path folder = Path.of("");

    private static Map<String, TensorProto> initializers(Path file) throws Exception {
        Map<String, TensorProto> found = new HashMap<>();
        ModelProto.parseFrom(Files.readAllBytes(file))
                .getGraph()
                .getInitializerList()
                .forEach(tensor -> found.put(tensor.getName(), tensor));
        return found;
    }

    @Test
    void everyWeightIsWithinHalfAStepOfItsColumnsScale() throws Exception {
        Path plain = SmallBert.write(folder, OnnxHead.of(List.of(Pooling.MEAN), true));
        Path bytes = folder.resolve("bytes.onnx");
        // Six matrices of each of two layers.
        assertThat(OnnxQuantizer.quantize(plain, bytes)).isEqualTo(12);

        Map<String, TensorProto> before = initializers(plain);
        Map<String, TensorProto> after = initializers(bytes);
        int matrices = 0;
        for (String name : before.keySet()) {
            TensorProto matrix = after.get(name + ".columns.bytes");
            if (matrix == null) {
                assertThat(after.get(name)).as(name).isEqualTo(before.get(name));
                continue;
            }
            matrices++;
            assertThat(after).doesNotContainKey(name);
            FloatBuffer was = floats(Objects.requireNonNull(before.get(name)));
            FloatBuffer scales = floats(Objects.requireNonNull(after.get(name + ".columns.scale")));
            int columns = scales.remaining();
            byte[] numbers = matrix.getRawData().toByteArray();
            for (int i = 0; i < numbers.length; i++) {
                float scale = scales.get(i % columns);
                assertThat(numbers[i]).isBetween((byte) -63, (byte) 63);
                assertThat(Math.abs(numbers[i] * scale - was.get(i))).isLessThanOrEqualTo(0.5001f * scale);
            }
        }
        assertThat(matrices).isEqualTo(12);
    }

    private static FloatBuffer floats(TensorProto tensor) {
        return tensor.getRawData()
                .asReadOnlyByteBuffer()
                .order(ByteOrder.LITTLE_ENDIAN)
                .asFloatBuffer();
    }

    @Test
    void vectorsStayNearToThoseOfTheWholeNumbers() throws Exception {
        Path plain = SmallBert.write(folder, OnnxHead.of(List.of(Pooling.MEAN), true));
        Path bytes = folder.resolve("bytes.onnx");
        OnnxQuantizer.quantize(plain, bytes);
        List<int[]> texts = SmallBert.texts(5, SmallBert.CONFIG.vocabularySize(), 3, 9, 17, 30);
        float[] expected = SmallBert.run(plain, texts, false).sentenceEmbedding();
        float[] found = SmallBert.run(bytes, texts, false).sentenceEmbedding();
        int dimension = SmallBert.CONFIG.hiddenSize();
        for (int text = 0; text < texts.size(); text++) {
            float[] one = Arrays.copyOfRange(expected, text * dimension, (text + 1) * dimension);
            float[] other = Arrays.copyOfRange(found, text * dimension, (text + 1) * dimension);
            assertThat(SmallBert.cosine(one, other)).isGreaterThan(0.99);
        }
        assertThat(found).isNotEqualTo(expected);
    }

    @Test
    void aGraphIsQuantisedOnceAndOnlyAGraph() throws Exception {
        Path plain = SmallBert.write(folder, OnnxHead.of(List.of(Pooling.MEAN), true));
        OnnxQuantizer.quantize(plain, plain);
        assertThatThrownBy(() -> OnnxQuantizer.quantize(plain, plain))
                .isInstanceOf(ChiaroException.class)
                .hasMessageContaining("one that is quantised");
        byte[] noise = new byte[200];
        RandomStream random = RandomStream.of(3, "noise");
        for (int i = 0; i < noise.length; i++) {
            noise[i] = (byte) random.nextInt(256);
        }
        Path broken = Files.write(folder.resolve("broken.onnx"), noise);
        assertThatThrownBy(() -> OnnxQuantizer.quantize(broken, broken)).isInstanceOf(ChiaroException.class);
    }

    @Test
    void rowsOfALargeTableAreBytesWithAScaleEach() throws Exception {
        BertConfig wide = new BertConfig(300, 24, 2, 3, 40, 32, 2, 1e-12, 0.1, 0, 0.02, 0);
        Path plain = folder.resolve("wide.onnx");
        OnnxBertWriter.write(
                plain,
                wide,
                name -> SmallBert.values(name, (int) BertShapes.elements(
                        Objects.requireNonNull(BertShapes.of(wide).get(name)))),
                OnnxHead.of(List.of(Pooling.MEAN), true));
        Path bytes = folder.resolve("bytes.onnx");
        assertThat(OnnxQuantizer.quantize(plain, bytes)).isEqualTo(13);
        String table = "embeddings.word_embeddings.weight";
        FloatBuffer was = floats(Objects.requireNonNull(initializers(plain).get(table)));
        Map<String, TensorProto> after = initializers(bytes);
        assertThat(after).doesNotContainKey(table);
        FloatBuffer scales = floats(Objects.requireNonNull(after.get(table + ".rows.scale")));
        byte[] numbers = Objects.requireNonNull(after.get(table + ".rows.bytes"))
                .getRawData()
                .toByteArray();
        for (int i = 0; i < numbers.length; i++) {
            float scale = scales.get(i / wide.hiddenSize());
            assertThat(Math.abs(numbers[i] * scale - was.get(i))).isLessThanOrEqualTo(0.5001f * scale);
        }
        List<int[]> texts = SmallBert.texts(5, 300, 12);
        assertThat(SmallBert.cosine(
                        SmallBert.run(plain, texts, false).sentenceEmbedding(),
                        SmallBert.run(bytes, texts, false).sentenceEmbedding()))
                .isGreaterThan(0.99);
    }

    @Test
    void productsOfProductsAndRowsThatAreMultipliedHaveNamesOfTheirOwn() throws Exception {
        GraphNodes nodes = new GraphNodes();
        nodes.graph().setName("chain");
        nodes.input("ids", TensorProto.DataType.INT64, "rows");
        float[] table = SmallBert.values("table", 300 * 4);
        nodes.floats("table", table, 300, 4);
        nodes.floats("first", SmallBert.values("first", 4 * 300), 4, 300);
        nodes.node("Gather", "rows.of.it", List.of("table", "ids"), GraphNodes.attribute("axis", 0));
        nodes.node("MatMul", "once", List.of("rows.of.it", "first"));
        // The table once more, as a matrix.
        nodes.node("MatMul", "twice", List.of("once", "table"));
        nodes.output("twice", TensorProto.DataType.FLOAT, "rows", 4);
        Path plain = folder.resolve("chain.onnx");
        Files.write(
                plain,
                ModelProto.newBuilder()
                        .setIrVersion(BertGraph.IR_VERSION)
                        .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(BertGraph.OPSET))
                        .setGraph(nodes.graph())
                        .build()
                        .toByteArray());
        Path bytes = folder.resolve("chain-bytes.onnx");
        OnnxQuantizer.quantize(plain, bytes);

        float[] expected = chain(plain);
        float[] found = chain(bytes);
        assertThat(SmallBert.cosine(expected, found)).isGreaterThan(0.99);
    }

    private static float[] chain(Path file) throws Exception {
        OrtEnvironment environment = OrtEnvironment.getEnvironment();
        try (OrtSession session = environment.createSession(file.toString());
                OnnxTensor ids = OnnxTensor.createTensor(environment, new long[] {3, 299, 0});
                OrtSession.Result result = session.run(Map.of("ids", ids))) {
            return ((OnnxTensor) result.get(0)).getFloatBuffer().array();
        }
    }
}
