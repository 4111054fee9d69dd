package io.chiaro.onnx;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnsafeByteOperations;
import io.chiaro.core.ChiaroException;
import io.chiaro.core.Hashes;
import io.chiaro.model.BertConfig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Reads the weights of a BERT encoder out of an ONNX graph.
 *
 * <p>PyTorch's exporter keeps the names of tables, norms and biases, but calls the matrices of linear layers
 * {@code onnx::MatMul_787} and stores them transposed. The graph tells which is which: the matrix is multiplied in a
 * {@code MatMul}, an {@code Add} takes that product, and the other input of the {@code Add} is the bias that kept its
 * name; so {@code X.bias} names its matrix {@code X.weight}. The number of heads stands in the shape to which attention
 * reshapes, the epsilon in the layer norm.
 *
 * <p>Safe for any thread.
 */
public final class OnnxBertReader {

    private static final String BIAS = ".bias";

    private final String where;
    private final GraphProto graph;
    private final Map<String, TensorProto> initializers = new LinkedHashMap<>();
    private final Map<String, TensorProto> constants = new HashMap<>();
    private final Map<String, NodeProto> producers = new HashMap<>();
    private final Map<String, List<NodeProto>> consumers = new HashMap<>();

    private OnnxBertReader(String where, GraphProto graph) {
        this.where = where;
        this.graph = graph;
        for (TensorProto tensor : graph.getInitializerList()) {
            initializers.put(tensor.getName(), tensor);
        }
        for (NodeProto node : graph.getNodeList()) {
            for (String output : node.getOutputList()) {
                producers.put(output, node);
            }
            for (String input : node.getInputList()) {
                consumers.computeIfAbsent(input, key -> new ArrayList<>()).add(node);
            }
            if (node.getOpType().equals("Constant")) {
                for (AttributeProto attribute : node.getAttributeList()) {
                    if (attribute.hasT()) {
                        constants.put(node.getOutput(0), attribute.getT());
                    }
                }
            }
        }
    }

    /**
     * The weights of one of the {@link EmbeddedModels}, for training. Any other file is refused: what an exporter did to
     * the weights is not written in an ONNX file, so a wrong reading would not be noticed.
     *
     * @param where the file's name in errors
     * @param onnx the whole file
     * @throws ChiaroException of kind MODEL if the bytes are not those of an embedded model
     */
    public static OnnxBert readForTraining(String where, byte[] onnx) {
        String hash = Hashes.sha256(onnx);
        if (EmbeddedModels.all().stream().noneMatch(model -> model.hash().equals(hash))) {
            throw ChiaroException.model(
                    where + ": expected the ONNX file of " + String.join(" or ", EmbeddedModels.names())
                            + " as its Maven artifact carries it, but found SHA-256 " + hash
                            + ". Other ONNX files are not read for training, because exporters rename, transpose and fold weights"
                            + " and the file does not say how. Give the model's directory with config.json, tokenizer.json and"
                            + " model.safetensors instead.");
        }
        return read(where, onnx);
    }

    /** Reads any graph of the known structure; every parameter of the encoder must be there, and nothing else. */
    static OnnxBert read(String where, byte[] onnx) {
        return new OnnxBertReader(where, parse(where, onnx)).read();
    }

    private static GraphProto parse(String where, byte[] onnx) {
        try {
            // Wrapped and aliased: the tensors of the parsed model are windows on the given bytes, not copies.
            var input = UnsafeByteOperations.unsafeWrap(onnx).newCodedInput();
            input.enableAliasing(true);
            GraphProto graph = ModelProto.parseFrom(input).getGraph();
            if (graph.getNodeCount() == 0) {
                throw ChiaroException.model(where + ": expected an ONNX model with a graph, but found none in its "
                        + onnx.length + " bytes. Is this an ONNX file?");
            }
            return graph;
        } catch (InvalidProtocolBufferException e) {
            throw ChiaroException.of(
                    ChiaroException.Kind.MODEL,
                    where + ": expected an ONNX file, but its " + onnx.length
                            + " bytes are not one, or not a whole one. Fetch or export it again.",
                    e);
        } catch (IOException e) {
            throw new UncheckedIOException(e); // bytes in memory: cannot happen
        }
    }

    private OnnxBert read() {
        Map<String, String> matrixNames = matrixNames();
        Map<String, TensorProto> tensors = new LinkedHashMap<>();
        for (TensorProto tensor : initializers.values()) {
            if (tensor.getDataType() == TensorProto.DataType.FLOAT.getNumber()) {
                tensors.put(matrixNames.getOrDefault(tensor.getName(), tensor.getName()), tensor);
            }
        }
        BertConfig config = config(tensors, new HashSet<>(matrixNames.values()));
        Map<String, int[]> shapes = BertShapes.of(config);
        refuseDifferences(shapes.keySet(), tensors.keySet());

        Map<String, OnnxBert.Parameter> parameters = new LinkedHashMap<>();
        shapes.forEach((name, shape) -> parameters.put(name, parameter(name, shape, require(tensors, name))));
        return new OnnxBert(config, parameters);
    }

    /** The Hugging Face names of the matrices that the graph multiplies with, by their names in the graph. */
    private Map<String, String> matrixNames() {
        Map<String, String> names = new HashMap<>();
        for (NodeProto node : graph.getNodeList()) {
            if (!node.getOpType().equals("MatMul") || !initializers.containsKey(node.getInput(1))) {
                continue;
            }
            String bias = biasAddedTo(node.getOutput(0));
            if (bias == null) {
                throw unknownStructure("the product with " + node.getInput(1) + " is not followed by a named bias");
            }
            String name = bias.substring(0, bias.length() - BIAS.length()) + ".weight";
            if (names.containsValue(name) || names.containsKey(node.getInput(1))) {
                throw unknownStructure("two products share the matrix or the bias of " + name);
            }
            names.put(node.getInput(1), name);
        }
        return names;
    }

    private @Nullable String biasAddedTo(String product) {
        for (NodeProto consumer : consumers.getOrDefault(product, List.of())) {
            if (consumer.getOpType().equals("Add")) {
                for (String input : consumer.getInputList()) {
                    if (initializers.containsKey(input) && input.endsWith(BIAS)) {
                        return input;
                    }
                }
            }
        }
        return null;
    }

    private BertConfig config(Map<String, TensorProto> tensors, Set<String> matrices) {
        int[] words = matrixShape(tensors, "embeddings.word_embeddings.weight");
        int[] positions = matrixShape(tensors, "embeddings.position_embeddings.weight");
        int[] types = matrixShape(tensors, "embeddings.token_type_embeddings.weight");
        int layers = 0;
        while (matrices.contains(BertShapes.layer(layers) + "attention.self.query.weight")) {
            layers++;
        }
        if (layers == 0) {
            throw unknownStructure("no attention.self.query of a first layer");
        }
        // The graph holds [in, out], so the second size is the number of outputs.
        int intermediate = matrixShape(tensors, BertShapes.layer(0) + "intermediate.dense.weight")[1];
        expectCount("Softmax", layers, "attention");
        expectCount("Erf", layers, "exact gelu");
        int heads = heads();
        if (heads < 1 || words[1] % heads != 0) {
            throw unknownStructure("a width of " + words[1] + " is not a multiple of " + heads + " heads");
        }
        BertConfig defaults = BertConfig.of(words[0], words[1], layers, heads);
        return new BertConfig(
                words[0],
                words[1],
                layers,
                heads,
                intermediate,
                positions[0],
                types[0],
                layerNormEpsilon(),
                defaults.hiddenDropout(),
                defaults.attentionDropout(),
                defaults.initializerRange(),
                defaults.padTokenId());
    }

    private void expectCount(String operator, int layers, String purpose) {
        long count = graph.getNodeList().stream()
                .filter(node -> node.getOpType().equals(operator))
                .count();
        if (count != layers) {
            throw unknownStructure(layers + " layers, but " + count + " " + operator + " nodes for their " + purpose);
        }
    }

    /** Attention reshapes [batch, sequence, hidden] to [batch, sequence, heads, head size]; the heads are constant. */
    private int heads() {
        Set<Long> found = new TreeSet<>();
        for (NodeProto node : graph.getNodeList()) {
            if (!node.getOpType().equals("Reshape")) {
                continue;
            }
            long[] shape = longs(node.getInput(1));
            NodeProto producer = producers.get(node.getInput(1));
            if (shape != null && shape.length == 4) {
                found.add(shape[2]);
            } else if (producer != null && producer.getOpType().equals("Concat") && producer.getInputCount() == 4) {
                long[] heads = longs(producer.getInput(2));
                found.add(heads == null ? -1 : heads[0]);
            }
        }
        return Math.toIntExact(single(found, "the number of attention heads"));
    }

    private double layerNormEpsilon() {
        Set<Float> found = new TreeSet<>();
        for (NodeProto node : graph.getNodeList()) {
            if (node.getOpType().equals("LayerNormalization")) {
                node.getAttributeList().stream()
                        .filter(attribute -> attribute.getName().equals("epsilon"))
                        .forEach(attribute -> found.add(attribute.getF()));
            }
            if (node.getOpType().equals("Sqrt")) {
                NodeProto sum = producers.get(node.getInput(0));
                if (sum != null && sum.getOpType().equals("Add")) {
                    sum.getInputList().stream()
                            .map(constants::get)
                            .filter(constant -> constant != null)
                            .forEach(constant -> found.add(floats(constant)[0]));
                }
            }
        }
        // Through its shortest decimal form, so that the float 1e-12 becomes the double 1e-12.
        return Double.parseDouble(Float.toString(single(found, "the epsilon of its layer norms")));
    }

    private <T> T single(Set<T> found, String what) {
        if (found.size() != 1) {
            throw unknownStructure(what + " is not stated once and the same, but as " + found);
        }
        return found.iterator().next();
    }

    private void refuseDifferences(Set<String> expected, Set<String> found) {
        Set<String> missing = new TreeSet<>(expected);
        missing.removeAll(found);
        if (!missing.isEmpty()) {
            throw unknownStructure("no " + missing.iterator().next() + " (" + missing.size() + " of " + expected.size()
                    + " parameters are missing)");
        }
        Set<String> surplus = new TreeSet<>(found);
        surplus.removeAll(expected);
        if (!surplus.isEmpty()) {
            throw unknownStructure(surplus.size() + " parameters that BERT does not have, such as "
                    + surplus.iterator().next());
        }
    }

    private OnnxBert.Parameter parameter(String name, int[] shape, TensorProto tensor) {
        boolean transposed = BertShapes.isLinearMatrix(name, shape);
        int[] stored = transposed ? new int[] {shape[1], shape[0]} : shape;
        int[] dimensions =
                tensor.getDimsList().stream().mapToInt(Math::toIntExact).toArray();
        if (!Arrays.equals(stored, dimensions)) {
            throw unknownStructure(name + " of shape " + Arrays.toString(dimensions) + " where "
                    + Arrays.toString(stored) + " was expected");
        }
        float[] values = floats(tensor);
        if (values.length != BertShapes.elements(stored)) {
            throw unknownStructure(name + " of " + values.length + " numbers where " + BertShapes.elements(stored)
                    + " were expected; is its data in another file?");
        }
        return new OnnxBert.Parameter(shape, transposed ? Matrices.transpose(values, stored[0], stored[1]) : values);
    }

    private int[] matrixShape(Map<String, TensorProto> tensors, String name) {
        List<Long> dimensions = require(tensors, name).getDimsList();
        if (dimensions.size() != 2) {
            throw unknownStructure(name + " is not a matrix, but has the shape " + dimensions);
        }
        return new int[] {Math.toIntExact(dimensions.get(0)), Math.toIntExact(dimensions.get(1))};
    }

    private TensorProto require(Map<String, TensorProto> tensors, String name) {
        TensorProto tensor = tensors.get(name);
        if (tensor == null) {
            throw unknownStructure("no " + name);
        }
        return tensor;
    }

    private long @Nullable [] longs(String name) {
        TensorProto tensor = constants.containsKey(name) ? constants.get(name) : initializers.get(name);
        if (tensor == null || tensor.getDataType() != TensorProto.DataType.INT64.getNumber()) {
            return null;
        }
        if (tensor.getRawData().isEmpty()) {
            return tensor.getInt64DataList().stream().mapToLong(Long::longValue).toArray();
        }
        LongBuffer buffer = tensor.getRawData()
                .asReadOnlyByteBuffer()
                .order(ByteOrder.LITTLE_ENDIAN)
                .asLongBuffer();
        long[] values = new long[buffer.remaining()];
        buffer.get(values);
        return values;
    }

    private static float[] floats(TensorProto tensor) {
        if (tensor.getRawData().isEmpty()) {
            float[] values = new float[tensor.getFloatDataCount()];
            for (int i = 0; i < values.length; i++) {
                values[i] = tensor.getFloatData(i);
            }
            return values;
        }
        FloatBuffer buffer = tensor.getRawData()
                .asReadOnlyByteBuffer()
                .order(ByteOrder.LITTLE_ENDIAN)
                .asFloatBuffer();
        float[] values = new float[buffer.remaining()];
        buffer.get(values);
        return values;
    }

    private ChiaroException unknownStructure(String found) {
        return ChiaroException.model(
                where + ": expected the graph of a BERT encoder as PyTorch or Chiaro exports it, but" + " found "
                        + found + ". Give the model's directory with config.json and model.safetensors instead.");
    }
}
