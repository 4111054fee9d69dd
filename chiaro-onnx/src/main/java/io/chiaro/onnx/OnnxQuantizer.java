package io.chiaro.onnx;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import io.chiaro.core.AtomicFiles;
import io.chiaro.core.ChiaroException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Makes the matrices of a graph numbers of one byte, a quarter of the size, and its products of such numbers, which many processors
 * compute faster ("dynamic" quantisation, Jacob et al., "Quantization and Training of Neural Networks for Efficient
 * Integer-Arithmetic-Only Inference", CVPR 2018, section 2, with the range of the inputs found at run time):
 *
 * <pre>
 * s_j  = max_i |W_ij| / 63      V_ij = round(W_ij / s_j)           once, for each column of a matrix
 * x   ~= t (u - z)              u in 0..255                        at run time, for each tensor of inputs
 * x W ~= t s_j sum_i (u_i - z) V_ij
 * </pre>
 *
 * <p>Seven bits and not eight hold a weight: processors before AVX-512 VNNI add products of two bytes in 16 bits, which eight would
 * overflow in silence. The range of an input is that of its whole batch, so that the last digits of a vector depend on what is computed
 * beside it. The table of words has eight, and a scale for each row. Norms and biases stay as they are. Safe for any thread; memory holds the graph twice.
 */
public final class OnnxQuantizer {

    /** Key among a graph's metadata that says what was done. */
    public static final String QUANTISATION = "quantisation";

    private static final int LARGEST = 63;
    private static final int LARGEST_OF_TABLE = 127;
    /** A table of fewer rows, as of the two types of tokens, is not worth it. */
    private static final int FEWEST_ROWS = 256;

    private final Map<String, TensorProto> matrices = new LinkedHashMap<>();
    private final Set<String> byColumns = new HashSet<>();
    private final Set<String> byRows = new HashSet<>();
    private final Set<String> inputs = new HashSet<>();
    private final GraphProto.Builder made;

    private OnnxQuantizer(GraphProto graph) {
        for (TensorProto tensor : graph.getInitializerList()) {
            if (tensor.getDataType() == DataType.FLOAT.getNumber()
                    && tensor.getDimsCount() == 2
                    && tensor.hasRawData()) {
                matrices.put(tensor.getName(), tensor);
            }
        }
        this.made = graph.toBuilder().clearNode().clearInitializer();
    }

    /** Whether a graph's metadata say that matrices became bytes, here or by the quantiser of ONNX Runtime. */
    static boolean isQuantised(Map<String, String> metadata) {
        return metadata.containsKey(QUANTISATION) || "onnxruntime.quant".equals(metadata.get("onnx.infer"));
    }

    /**
     * Writes the quantised graph; the file is the old one or the whole new one at any moment.
     *
     * @param from a graph of 32-bit numbers, its matrices multiplied by MatMul from the right
     * @param to where to; may be the same file
     * @return how many matrices became bytes
     * @throws ChiaroException of kind MODEL if the file is no such graph, or is quantised already
     */
    public static int quantize(Path from, Path to) {
        ModelProto model = read(from);
        if (model.getMetadataPropsList().stream()
                .anyMatch(entry -> entry.getKey().equals(QUANTISATION))) {
            throw ChiaroException.model(
                    from.toAbsolutePath() + ": expected a graph of 32-bit numbers, but found one that is quantised."
                            + " Export the model anew.");
        }
        OnnxQuantizer quantizer = new OnnxQuantizer(model.getGraph());
        GraphProto graph = quantizer.rewritten(model.getGraph());
        if (quantizer.quantised().isEmpty()) {
            throw ChiaroException.model(from.toAbsolutePath()
                    + ": expected matrices that inputs are multiplied by, but found none. Use the graph as it is.");
        }
        ModelProto written = model.toBuilder()
                .setGraph(graph)
                .addMetadataProps(StringStringEntryProto.newBuilder()
                        .setKey(QUANTISATION)
                        .setValue("int8 weights by column, inputs at run time"))
                .build();
        AtomicFiles.write(to, written::writeTo);
        return quantizer.quantised().size();
    }

    private static ModelProto read(Path file) {
        try (InputStream stream = Files.newInputStream(file)) {
            CodedInputStream coded = CodedInputStream.newInstance(stream);
            coded.setSizeLimit(Integer.MAX_VALUE);
            return ModelProto.parseFrom(coded);
        } catch (IOException e) {
            throw ChiaroException.of(
                    ChiaroException.Kind.MODEL,
                    file.toAbsolutePath() + ": expected an ONNX graph, but found: " + AtomicFiles.reason(e)
                            + ". Export the model anew.",
                    e);
        }
    }

    private GraphProto rewritten(GraphProto graph) {
        for (NodeProto node : graph.getNodeList()) {
            if (node.getOpType().equals("MatMul") && matrices.containsKey(node.getInput(1))) {
                product(node);
            } else if (takesRows(node)) {
                rows(node);
            } else {
                made.addNode(node);
            }
        }
        Set<String> stillRead = new HashSet<>();
        made.getNodeList().forEach(node -> stillRead.addAll(node.getInputList()));
        for (TensorProto tensor : graph.getInitializerList()) {
            if (!quantised().contains(tensor.getName()) || stillRead.contains(tensor.getName())) {
                made.addInitializer(tensor);
            }
        }
        return made.build();
    }

    private void product(NodeProto node) {
        String input = node.getInput(0);
        String matrix = node.getInput(1);
        String output = node.getOutput(0);
        if (inputs.add(input)) {
            // Query, key and value have one input: its range is found once.
            made.addNode(NodeProto.newBuilder()
                    .setOpType("DynamicQuantizeLinear")
                    .setName(input + ".input.bytes")
                    .addInput(input)
                    .addOutput(input + ".input.bytes")
                    .addOutput(input + ".input.scale")
                    .addOutput(input + ".input.zero"));
        }
        TensorProto weights = matrices.get(matrix);
        if (weights != null && byColumns.add(matrix)) {
            bytes(weights);
        }
        node(
                "MatMulInteger",
                output + ".integers",
                List.of(input + ".input.bytes", matrix + ".columns.bytes", input + ".input.zero"));
        made.addNode(NodeProto.newBuilder()
                .setOpType("Cast")
                .setName(output + ".float")
                .addInput(output + ".integers")
                .addOutput(output + ".float")
                .addAttribute(GraphNodes.attribute("to", DataType.FLOAT.getNumber())));
        node("Mul", output + ".product.scale", List.of(input + ".input.scale", matrix + ".columns.scale"));
        node("Mul", output, List.of(output + ".float", output + ".product.scale"));
    }

    /** The names of all that became bytes. */
    private Set<String> quantised() {
        Set<String> all = new HashSet<>(byColumns);
        all.addAll(byRows);
        return all;
    }

    private boolean takesRows(NodeProto node) {
        if (!node.getOpType().equals("Gather")) {
            return false;
        }
        TensorProto matrix = matrices.get(node.getInput(0));
        return matrix != null
                && matrix.getDims(0) >= FEWEST_ROWS
                && node.getAttributeList().stream()
                        .allMatch(attribute -> !attribute.getName().equals("axis") || attribute.getI() == 0);
    }

    /** Rows of a table: their bytes times the scale of each. */
    private void rows(NodeProto node) {
        String table = node.getInput(0);
        String ids = node.getInput(1);
        String output = node.getOutput(0);
        TensorProto weights = matrices.get(table);
        if (weights != null && byRows.add(table)) {
            byRow(weights);
        }
        for (String part : List.of(".rows.bytes", ".rows.scale")) {
            made.addNode(NodeProto.newBuilder()
                    .setOpType("Gather")
                    .setName(output + part)
                    .addInput(table + part)
                    .addInput(ids)
                    .addOutput(output + part)
                    .addAttribute(GraphNodes.attribute("axis", 0)));
        }
        made.addNode(NodeProto.newBuilder()
                .setOpType("Cast")
                .setName(output + ".float")
                .addInput(output + ".rows.bytes")
                .addOutput(output + ".float")
                .addAttribute(GraphNodes.attribute("to", DataType.FLOAT.getNumber())));
        node("Mul", output, List.of(output + ".float", output + ".rows.scale"));
    }

    private void node(String operator, String output, List<String> from) {
        made.addNode(NodeProto.newBuilder()
                .setOpType(operator)
                .setName(output)
                .addAllInput(from)
                .addOutput(output));
    }

    /** Adds the bytes [in, out] of a matrix and the scale of each of its columns. */
    private void bytes(TensorProto matrix) {
        int rows = Math.toIntExact(matrix.getDims(0));
        int columns = Math.toIntExact(matrix.getDims(1));
        FloatBuffer values = floats(matrix);
        float[] largest = new float[columns];
        for (int i = 0; i < rows * columns; i++) {
            largest[i % columns] = Math.max(largest[i % columns], Math.abs(values.get(i)));
        }
        ByteBuffer scales = ByteBuffer.allocate(columns * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (int column = 0; column < columns; column++) {
            // A column of zeros has any scale.
            largest[column] = largest[column] > 0 ? largest[column] / LARGEST : 1;
            scales.putFloat(largest[column]);
        }
        byte[] bytes = new byte[rows * columns];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) Math.round(values.get(i) / largest[i % columns]);
        }
        made.addInitializer(
                tensor(matrix.getName() + ".columns.bytes", DataType.INT8, List.of((long) rows, (long) columns))
                        .setRawData(ByteString.copyFrom(bytes)));
        made.addInitializer(tensor(matrix.getName() + ".columns.scale", DataType.FLOAT, List.of((long) columns))
                .setRawData(ByteString.copyFrom(scales.flip())));
    }

    /** Adds the bytes [rows, width] of a table and the scale [rows, 1] of each row; nothing is summed, so eight bits are safe. */
    private void byRow(TensorProto table) {
        int rows = Math.toIntExact(table.getDims(0));
        int width = Math.toIntExact(table.getDims(1));
        FloatBuffer values = floats(table);
        byte[] bytes = new byte[rows * width];
        ByteBuffer scales = ByteBuffer.allocate(rows * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (int row = 0; row < rows; row++) {
            float largest = 0;
            for (int i = row * width; i < (row + 1) * width; i++) {
                largest = Math.max(largest, Math.abs(values.get(i)));
            }
            float scale = largest > 0 ? largest / LARGEST_OF_TABLE : 1;
            scales.putFloat(scale);
            for (int i = row * width; i < (row + 1) * width; i++) {
                bytes[i] = (byte) Math.round(values.get(i) / scale);
            }
        }
        made.addInitializer(tensor(table.getName() + ".rows.bytes", DataType.INT8, List.of((long) rows, (long) width))
                .setRawData(ByteString.copyFrom(bytes)));
        made.addInitializer(tensor(table.getName() + ".rows.scale", DataType.FLOAT, List.of((long) rows, 1L))
                .setRawData(ByteString.copyFrom(scales.flip())));
    }

    private static FloatBuffer floats(TensorProto tensor) {
        return tensor.getRawData()
                .asReadOnlyByteBuffer()
                .order(ByteOrder.LITTLE_ENDIAN)
                .asFloatBuffer();
    }

    private static TensorProto.Builder tensor(String name, DataType type, List<Long> shape) {
        return TensorProto.newBuilder()
                .setName(name)
                .setDataType(type.getNumber())
                .addAllDims(new ArrayList<>(shape));
    }
}
