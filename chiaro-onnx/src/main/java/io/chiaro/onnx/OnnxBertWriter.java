package io.chiaro.onnx;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.WireFormat;
import io.chiaro.core.AtomicFiles;
import io.chiaro.core.ChiaroException;
import io.chiaro.model.BertConfig;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * Writes a BERT encoder with its poolings as one ONNX file.
 *
 * <p>Inputs {@code input_ids}, {@code attention_mask} and {@code token_type_ids}, int64 [batch, sequence]; outputs
 * {@code token_embeddings} [batch, sequence, hidden] and {@code sentence_embedding} [batch, dimension], pooled and, if
 * asked, of length one, so that no reader has to know the model's pooling. Numbers are float32; padding may stand on either
 * side of a text.
 *
 * <p>Weights are asked for one after the other and written at once: beyond the caller's own copy, memory holds the largest
 * of them twice. Safe for any thread.
 */
public final class OnnxBertWriter {

    static final String PRODUCER = "chiaro";

    // Protocol buffers count bytes with a signed 32-bit number.
    private static final long LARGEST_FILE = Integer.MAX_VALUE;

    private OnnxBertWriter() {}

    /**
     * Writes the file, which is the old one or the whole new one at any moment.
     *
     * @param file where to
     * @param config the encoder's shape
     * @param weights gives the values of a parameter by its Hugging Face name, matrices as [out, in], row after row
     * @param head poolings, normalisation and texts to keep in the file
     * @throws ChiaroException of kind MODEL if the file would exceed 2 GB, of kind RESOURCES if it cannot be written
     */
    public static void write(Path file, BertConfig config, Function<String, float[]> weights, OnnxHead head) {
        write(file, BertShapes.of(config), BertGraph.of(config, head), frame(head.metadata()), weights);
    }

    /**
     * Writes a cross-encoder: the same inputs, and the score of each pair, or its logit for each class, as {@code logits} [batch, outputs].
     *
     * @param outputs numbers of a pair
     * @param weights gives the values of a parameter by its name among {@link io.chiaro.model.BertWeightNames#scorer}
     * @param metadata texts to keep in the file
     * @throws ChiaroException as {@link #write}
     */
    public static void writeScorer(
            Path file,
            BertConfig config,
            int outputs,
            Function<String, float[]> weights,
            Map<String, String> metadata) {
        write(
                file,
                BertShapes.scorer(config, outputs),
                BertGraph.scorer(config, outputs),
                frame(new TreeMap<>(metadata)),
                weights);
    }

    /**
     * Writes a sparse encoder: the same inputs, and a weight for each token of the vocabulary as {@code sparse_embedding} [batch, vocabulary].
     *
     * @param weights gives the values of a parameter by its name among {@link io.chiaro.model.BertWeightNames#predictor}
     * @param metadata texts to keep in the file
     * @throws ChiaroException as {@link #write}
     */
    public static void writeSparse(
            Path file, BertConfig config, Function<String, float[]> weights, Map<String, String> metadata) {
        write(file, BertShapes.sparse(config), BertGraph.sparse(config), frame(new TreeMap<>(metadata)), weights);
    }

    /**
     * Writes a late-interaction model: the same inputs, and a vector of length one for each token as {@code token_vectors} [batch,
     * sequence, dimension].
     *
     * @param dimension numbers of a vector
     * @param weights gives the values of a parameter of the encoder by its name, and of {@code projection.weight} [dimension, hidden]
     * @param metadata texts to keep in the file
     * @throws ChiaroException as {@link #write}
     */
    public static void writeTokenVectors(
            Path file,
            BertConfig config,
            int dimension,
            Function<String, float[]> weights,
            Map<String, String> metadata) {
        write(
                file,
                BertShapes.tokenVectors(config, dimension),
                BertGraph.tokenVectors(config, dimension),
                frame(new TreeMap<>(metadata)),
                weights);
    }

    private static void write(
            Path file,
            Map<String, int[]> shapes,
            GraphProto nodes,
            ModelProto frame,
            Function<String, float[]> weights) {
        // A message may come in pieces that readers join; so the weights follow the rest of the graph one by one.
        long graphLength = nodes.getSerializedSize();
        for (Map.Entry<String, int[]> entry : shapes.entrySet()) {
            long tensor = tensorLength(header(entry.getKey(), entry.getValue()), entry.getValue());
            refuseLargeFile(file, graphLength + tensor);
            graphLength += fieldLength(GraphProto.INITIALIZER_FIELD_NUMBER, tensor);
        }
        long length = frame.getSerializedSize() + fieldLength(ModelProto.GRAPH_FIELD_NUMBER, graphLength);
        refuseLargeFile(file, length);
        int finalGraphLength = Math.toIntExact(graphLength);

        AtomicFiles.write(file, stream -> {
            CodedOutputStream out = CodedOutputStream.newInstance(stream, 1 << 16);
            frame.writeTo(out);
            startField(out, ModelProto.GRAPH_FIELD_NUMBER, finalGraphLength);
            nodes.writeTo(out);
            for (Map.Entry<String, int[]> entry : shapes.entrySet()) {
                writeTensor(out, entry.getKey(), entry.getValue(), weights.apply(entry.getKey()));
            }
            out.flush();
        });
    }

    private static ModelProto frame(Map<String, String> metadata) {
        ModelProto.Builder frame = ModelProto.newBuilder()
                .setIrVersion(BertGraph.IR_VERSION)
                .setProducerName(PRODUCER)
                .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(BertGraph.OPSET));
        metadata.forEach((key, value) -> frame.addMetadataProps(
                StringStringEntryProto.newBuilder().setKey(key).setValue(value)));
        return frame.build();
    }

    /** Everything of a tensor but its numbers. */
    private static TensorProto header(String name, int[] shape) {
        boolean transposed = BertShapes.isLinearMatrix(name, shape);
        TensorProto.Builder tensor = TensorProto.newBuilder()
                .setName(BertGraph.initializer(name, transposed))
                .setDataType(TensorProto.DataType.FLOAT.getNumber());
        if (transposed) {
            tensor.addDims(shape[1]).addDims(shape[0]);
        } else {
            Arrays.stream(shape).forEach(tensor::addDims);
        }
        return tensor.build();
    }

    private static void writeTensor(CodedOutputStream out, String name, int[] shape, float[] values)
            throws IOException {
        if (values.length != BertShapes.elements(shape)) {
            throw new IllegalArgumentException("OnnxBertWriter: " + name + " needs " + BertShapes.elements(shape)
                    + " numbers for its shape " + Arrays.toString(shape) + ", but was given " + values.length);
        }
        float[] stored =
                BertShapes.isLinearMatrix(name, shape) ? Matrices.transpose(values, shape[0], shape[1]) : values;
        TensorProto header = header(name, shape);
        startField(out, GraphProto.INITIALIZER_FIELD_NUMBER, Math.toIntExact(tensorLength(header, shape)));
        header.writeTo(out);
        startField(out, TensorProto.RAW_DATA_FIELD_NUMBER, Math.multiplyExact(stored.length, Float.BYTES));
        ByteBuffer piece = ByteBuffer.allocate(1 << 16).order(ByteOrder.LITTLE_ENDIAN);
        for (int start = 0; start < stored.length; start += piece.capacity() / Float.BYTES) {
            int end = Math.min(stored.length, start + piece.capacity() / Float.BYTES);
            piece.clear().asFloatBuffer().put(stored, start, end - start);
            out.writeRawBytes(piece.array(), 0, (end - start) * Float.BYTES);
        }
    }

    private static void startField(CodedOutputStream out, int number, int length) throws IOException {
        out.writeTag(number, WireFormat.WIRETYPE_LENGTH_DELIMITED);
        out.writeUInt32NoTag(length);
    }

    private static long tensorLength(TensorProto header, int[] shape) {
        return header.getSerializedSize()
                + fieldLength(TensorProto.RAW_DATA_FIELD_NUMBER, BertShapes.elements(shape) * Float.BYTES);
    }

    private static long fieldLength(int number, long content) {
        return CodedOutputStream.computeTagSize(number) + CodedOutputStream.computeUInt64SizeNoTag(content) + content;
    }

    private static void refuseLargeFile(Path file, long length) {
        if (length > LARGEST_FILE) {
            throw ChiaroException.model(
                    file.toAbsolutePath() + ": expected a model of less than 2 GB, the limit of an ONNX"
                            + " file, but its weights need at least " + length
                            + " bytes. Keep this model as safetensors, or train a smaller encoder.");
        }
    }
}
