package io.chiaro.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.protobuf.ByteString;
import io.chiaro.core.ChiaroException;
import io.chiaro.model.Pooling;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OnnxBertReaderTest {

    @TempDir
    Path directory;

    @ParameterizedTest
    @ValueSource(strings = {"all-MiniLM-L6-v2", "bge-small-en-v1.5"})
    void the_embedded_models_are_read_whole_and_written_back_unchanged_byte_for_byte(String name) throws IOException {
        byte[] original = EmbeddedModels.find(name).onnx();
        OnnxBert bert = OnnxBertReader.readForTraining(name, original);
        assertThat(bert.config())
                .isEqualTo(EmbeddedModels.find(name).specification().config());

        ModelProto model = ModelProto.parseFrom(original);

        GraphProto.Builder graph = model.getGraph().toBuilder();
        int replaced = 0;
        for (int i = 0; i < graph.getInitializerCount(); i++) {
            TensorProto tensor = graph.getInitializer(i);
            if (tensor.getDataType() != TensorProto.DataType.FLOAT.getNumber()) {
                continue;
            }
            // Matrices of the exporter stand in the order of the forward pass, and so do the canonical names.
            String parameter = tensor.getName().startsWith("onnx::") ? matrixNumber(bert, graph, i) : tensor.getName();
            graph.setInitializer(i, tensor.toBuilder().setRawData(bytes(parameter, bert.parameter(parameter))));
            replaced++;
        }

        assertThat(replaced).isEqualTo(bert.parameters().size());
        assertThat(Arrays.equals(model.toBuilder().setGraph(graph).build().toByteArray(), original))
                .isTrue();
    }

    @Test
    void a_graph_of_our_own_is_read_back_exactly() throws IOException {
        Path file = SmallBert.write(directory, OnnxHead.of(List.of(Pooling.MEAN), true));

        OnnxBert bert = OnnxBertReader.read("small", Files.readAllBytes(file));

        assertThat(bert.config())
                .usingRecursiveComparison()
                .ignoringFields("hiddenDropout", "attentionDropout", "initializerRange")
                .isEqualTo(SmallBert.CONFIG);
        SmallBert.weights()
                .forEach(
                        (name, values) -> assertThat(bert.values(name)).as(name).containsExactly(values));
    }

    @Test
    void any_other_onnx_file_is_refused_for_training_with_the_reason() throws IOException {
        byte[] other = Files.readAllBytes(SmallBert.write(directory, OnnxHead.of(List.of(Pooling.MEAN), true)));

        assertThatThrownBy(() -> OnnxBertReader.readForTraining("/models/mine.onnx", other))
                .isInstanceOf(ChiaroException.class)
                .hasMessageStartingWith(
                        "/models/mine.onnx: expected the ONNX file of all-MiniLM-L6-v2 or bge-small-en-v1.5")
                .hasMessageContaining("exporters rename, transpose and fold weights")
                .hasMessageContaining("model.safetensors");
    }

    @Test
    void bytes_that_are_no_onnx_file_are_one_sentence() throws IOException {
        byte[] whole = Files.readAllBytes(SmallBert.write(directory, OnnxHead.of(List.of(Pooling.MEAN), true)));

        for (byte[] broken : List.of(
                new byte[0],
                "<html>404 not found</html>".getBytes(StandardCharsets.UTF_8),
                Arrays.copyOf(whole, whole.length / 2),
                Arrays.copyOf(whole, whole.length - 1))) {
            assertRefused(broken, "expected");
        }
    }

    @Test
    void graphs_that_are_no_bert_say_what_is_missing() throws IOException {
        assertRefused(changed(graph -> graph.removeInitializer(0)), "no embeddings.word_embeddings.weight");
        assertRefused(
                changed(graph ->
                        graph.addInitializer(graph.getInitializer(3).toBuilder().setName("pooler.norm.weight"))),
                "1 parameters that BERT does not have, such as pooler.norm.weight");
        assertRefused(
                changed(graph -> graph.getInitializerBuilder(3).clearDims().addDims(23)),
                "embeddings.LayerNorm.weight");
        assertRefused(changed(graph -> graph.getInitializerBuilder(3).clearRawData()), "in another file");
        assertRefused(
                changed(graph -> graph.getNodeBuilderList().stream()
                        .filter(node -> node.getOpType().equals("Erf"))
                        .forEach(node -> node.setOpType("Tanh"))),
                "0 Erf nodes for their exact gelu");
    }

    private byte[] changed(Consumer<GraphProto.Builder> change) throws IOException {
        byte[] whole = Files.readAllBytes(SmallBert.write(directory, OnnxHead.of(List.of(Pooling.MEAN), true)));
        ModelProto.Builder model = ModelProto.parseFrom(whole).toBuilder();
        change.accept(model.getGraphBuilder());
        return model.build().toByteArray();
    }

    private static void assertRefused(byte[] bytes, String part) {
        assertThatThrownBy(() -> OnnxBertReader.read("/models/some.onnx", bytes))
                .isInstanceOfSatisfying(
                        ChiaroException.class, e -> assertThat(e.kind()).isEqualTo(ChiaroException.Kind.MODEL))
                .hasMessageStartingWith("/models/some.onnx: ")
                .hasMessageContaining(part)
                .hasMessageNotContaining("\n");
    }

    private static String matrixNumber(OnnxBert bert, GraphProto.Builder graph, int index) {
        int number = 0;
        for (int i = 0; i < index; i++) {
            number += graph.getInitializer(i).getName().startsWith("onnx::") ? 1 : 0;
        }
        Iterator<String> matrices = bert.parameters().keySet().stream()
                .filter(name ->
                        BertShapes.isLinearMatrix(name, bert.parameter(name).shape()))
                .skip(number)
                .iterator();
        return matrices.next();
    }

    private static ByteString bytes(String name, OnnxBert.Parameter parameter) {
        int[] shape = parameter.shape();
        ByteBuffer buffer = ByteBuffer.allocate(parameter.values().length * 4).order(ByteOrder.LITTLE_ENDIAN);
        if (BertShapes.isLinearMatrix(name, shape)) {
            for (int in = 0; in < shape[1]; in++) {
                for (int out = 0; out < shape[0]; out++) {
                    buffer.putFloat(parameter.values()[out * shape[1] + in]);
                }
            }
        } else {
            buffer.asFloatBuffer().put(parameter.values());
            buffer.position(buffer.capacity());
        }
        return ByteString.copyFrom(buffer.flip());
    }
}
