package io.chiaro.onnx;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import io.chiaro.core.AtomicFiles;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * Writes a convolutional encoder of pictures as one ONNX file.
 *
 * <p>Input {@code pixel_values}, float32 [batch, channels, height, width] from 0 to 1; output {@code picture_embedding} [batch,
 * dimension], of any length. What the encoder takes from pictures before its first layer is part of the graph, so that no reader has
 * to know it. Height and width vary, unless a frame is added to pictures. Safe for any thread.
 */
public final class OnnxConvWriter {

    private OnnxConvWriter() {}

    /**
     * Writes the file, which is the old one or the whole new one at any moment.
     *
     * @param net the encoder's shape
     * @param weights gives the values of an array by its name in weight files, such as {@code stages.0.conv.weight} [out, in, 3, 3]
     *     or {@code stages.0.residual.0.1.norm.bias} [out]
     * @param metadata texts that travel in the file
     */
    public static void write(
            Path file, OnnxConvNet net, Function<String, float[]> weights, Map<String, String> metadata) {
        ModelProto.Builder model = ModelProto.newBuilder()
                .setIrVersion(BertGraph.IR_VERSION)
                .setProducerName(OnnxBertWriter.PRODUCER)
                .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(BertGraph.OPSET))
                .setGraph(ConvGraph.of(net, weights));
        // Sorted, so that equal exports are equal files.
        new TreeMap<>(metadata)
                .forEach((key, value) -> model.addMetadataProps(
                        StringStringEntryProto.newBuilder().setKey(key).setValue(value)));
        ModelProto whole = model.build();
        AtomicFiles.write(file, whole::writeTo);
    }
}
