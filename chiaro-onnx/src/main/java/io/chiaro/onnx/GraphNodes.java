package io.chiaro.onnx;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.google.protobuf.ByteString;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;

/** Writes down an ONNX graph node by node: each call adds one and returns the name of its output. */
final class GraphNodes {

    private final GraphProto.Builder graph = GraphProto.newBuilder();

    GraphProto.Builder graph() {
        return graph;
    }

    /** A node of one output, which is also its name. */
    String node(String operator, String output, List<String> inputs, AttributeProto... attributes) {
        graph.addNode(NodeProto.newBuilder()
                .setOpType(operator)
                .setName(output)
                .addAllInput(inputs)
                .addOutput(output)
                .addAllAttribute(List.of(attributes)));
        return output;
    }

    String scalar(String name, float value) {
        ByteBuffer data = ByteBuffer.allocate(Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        data.putFloat(value).flip();
        return constant(
                name,
                TensorProto.newBuilder()
                        .setDataType(TensorProto.DataType.FLOAT.getNumber())
                        .setRawData(ByteString.copyFrom(data)));
    }

    /** Weights of some shape, row after row. */
    void floats(String name, float[] values, long... shape) {
        long count = 1;
        for (long size : shape) {
            count *= size;
        }
        if (values.length != count) {
            throw new IllegalArgumentException("GraphNodes: " + name + " needs " + count + " numbers for its shape "
                    + Arrays.toString(shape) + ", but was given " + values.length);
        }
        ByteBuffer data = ByteBuffer.allocate(Math.multiplyExact(values.length, Float.BYTES))
                .order(ByteOrder.LITTLE_ENDIAN);
        data.asFloatBuffer().put(values);
        TensorProto.Builder tensor = TensorProto.newBuilder()
                .setName(name)
                .setDataType(TensorProto.DataType.FLOAT.getNumber())
                .setRawData(ByteString.copyFrom(data));
        for (long size : shape) {
            tensor.addDims(size);
        }
        graph.addInitializer(tensor);
    }

    /** A scalar of 64 bits. */
    String integer(String name, long value) {
        return constant(name, longs(value));
    }

    /** A vector of 64-bit integers: axes, or a shape in which 0 keeps the input's size. */
    String integers(String name, long... values) {
        return constant(name, longs(values).addDims(values.length));
    }

    void input(String name, TensorProto.DataType type, Object... dimensions) {
        graph.addInput(value(name, type, dimensions));
    }

    void output(String name, TensorProto.DataType type, Object... dimensions) {
        graph.addOutput(value(name, type, dimensions));
    }

    static AttributeProto attribute(String name, long value) {
        return AttributeProto.newBuilder()
                .setName(name)
                .setType(AttributeProto.AttributeType.INT)
                .setI(value)
                .build();
    }

    static AttributeProto attribute(String name, float value) {
        return AttributeProto.newBuilder()
                .setName(name)
                .setType(AttributeProto.AttributeType.FLOAT)
                .setF(value)
                .build();
    }

    static AttributeProto attribute(String name, List<Long> values) {
        return AttributeProto.newBuilder()
                .setName(name)
                .setType(AttributeProto.AttributeType.INTS)
                .addAllInts(values)
                .build();
    }

    private String constant(String name, TensorProto.Builder tensor) {
        return node(
                "Constant",
                name,
                List.of(),
                AttributeProto.newBuilder()
                        .setName("value")
                        .setType(AttributeProto.AttributeType.TENSOR)
                        .setT(tensor)
                        .build());
    }

    private static TensorProto.Builder longs(long... values) {
        ByteBuffer data = ByteBuffer.allocate(values.length * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (long value : values) {
            data.putLong(value);
        }
        data.flip();
        return TensorProto.newBuilder()
                .setDataType(TensorProto.DataType.INT64.getNumber())
                .setRawData(ByteString.copyFrom(data));
    }

    /** A tensor's name, type and sizes; a size that varies is given by its name. */
    private static ValueInfoProto value(String name, TensorProto.DataType type, Object... dimensions) {
        TypeProto.Tensor.Builder tensor = TypeProto.Tensor.newBuilder().setElemType(type.getNumber());
        for (Object dimension : dimensions) {
            if (dimension instanceof Integer size) {
                tensor.getShapeBuilder().addDimBuilder().setDimValue(size);
            } else {
                tensor.getShapeBuilder().addDimBuilder().setDimParam(dimension.toString());
            }
        }
        return ValueInfoProto.newBuilder()
                .setName(name)
                .setType(TypeProto.newBuilder().setTensorType(tensor))
                .build();
    }
}
