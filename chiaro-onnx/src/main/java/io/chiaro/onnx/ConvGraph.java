package io.chiaro.onnx;

import static io.chiaro.onnx.GraphNodes.attribute;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;

/**
 * The forward pass of an {@link OnnxConvNet} as an ONNX graph of opset 17 with its weights. Group normalisation is an operator of
 * later opsets only, so it is written as it is defined (Wu and He, 2018, eq. 1 to 7), by the normalisation of what a group holds as
 * one long channel, which all runtimes have:
 *
 * <pre>
 * [n, c, h, w] -> [n, groups, -1] -> InstanceNormalization -> [n, c, h, w] -> * scale + shift
 * </pre>
 */
final class ConvGraph {

    static final String PIXELS = "pixel_values";
    static final String EMBEDDING = "picture_embedding";

    private final OnnxConvNet net;
    private final Function<String, float[]> weights;
    private final GraphNodes nodes = new GraphNodes();

    private ConvGraph(OnnxConvNet net, Function<String, float[]> weights) {
        this.net = net;
        this.weights = weights;
    }

    static GraphProto of(OnnxConvNet net, Function<String, float[]> weights) {
        return new ConvGraph(net, weights).build();
    }

    private GraphProto build() {
        nodes.graph().setName("chiaro-conv");
        Object height = net.frame().<Object>map(OnnxConvNet.Frame::height).orElse("height");
        Object width = net.frame().<Object>map(OnnxConvNet.Frame::width).orElse("width");
        nodes.input(PIXELS, DataType.FLOAT, "batch_size", net.channels(), height, width);
        float[] ones = new float[net.groups()];
        Arrays.fill(ones, 1);
        nodes.floats("groups.scale", ones, net.groups());
        nodes.floats("groups.shift", new float[net.groups()], net.groups());
        nodes.integers("groups.shape", 0, net.groups(), -1);

        String x = normalized();
        int in = net.channels();
        for (int i = 0; i < net.stages().size(); i++) {
            OnnxConvNet.Stage stage = net.stages().get(i);
            String prefix = "stages." + i + ".";
            x = relu(
                    prefix + "relu",
                    layer(prefix, x, in, stage.width(), stage.stride(), i == 0 ? net.stemPadding() : 1));
            for (int block = 0; block < stage.residualBlocks(); block++) {
                String residual = prefix + "residual." + block + ".";
                String inner = relu(residual + "0.relu", layer(residual + "0.", x, stage.width(), stage.width(), 1, 1));
                String outer = layer(residual + "1.", inner, stage.width(), stage.width(), 1, 1);
                x = relu(residual + "relu", nodes.node("Add", residual + "sum", List.of(x, outer)));
            }
            in = stage.width();
        }
        nodes.node("GlobalAveragePool", "pooled", List.of(x));
        nodes.node("Flatten", EMBEDDING, List.of("pooled"), attribute("axis", 1));
        nodes.output(EMBEDDING, DataType.FLOAT, "batch_size", net.dimension());
        return nodes.graph().build();
    }

    private String normalized() {
        float[] mean = new float[net.channels()];
        float[] factor = new float[net.channels()];
        for (int c = 0; c < mean.length; c++) {
            mean[c] = net.mean().get(c).floatValue();
            factor[c] = (float) (1 / net.deviation().get(c));
        }
        nodes.floats("mean", mean, net.channels(), 1, 1);
        nodes.floats("factor", factor, net.channels(), 1, 1);
        nodes.node("Sub", "centred", List.of(PIXELS, "mean"));
        String normalized = nodes.node("Mul", "normalized", List.of("centred", "factor"));
        return net.frame()
                .map(frame -> {
                    nodes.floats("frame", frame.values(), net.channels(), frame.height(), frame.width());
                    return nodes.node("Add", "framed", List.of(normalized, "frame"));
                })
                .orElse(normalized);
    }

    private String layer(String prefix, String input, int in, int out, int stride, long padding) {
        String weight = prefix + "conv.weight";
        String scale = prefix + "norm.weight";
        String shift = prefix + "norm.bias";
        nodes.floats(weight, weights.apply(weight), out, in, 3, 3);
        nodes.floats(scale, weights.apply(scale), out, 1, 1);
        nodes.floats(shift, weights.apply(shift), out, 1, 1);
        String product = nodes.node(
                "Conv",
                prefix + "conv",
                List.of(input, weight),
                attribute("kernel_shape", List.of(3L, 3L)),
                attribute("pads", List.of(padding, padding, padding, padding)),
                attribute("strides", List.of((long) stride, (long) stride)));
        nodes.node("Shape", prefix + "shape", List.of(product));
        nodes.node("Reshape", prefix + "groups", List.of(product, "groups.shape"));
        nodes.node(
                "InstanceNormalization",
                prefix + "groups.normalized",
                List.of(prefix + "groups", "groups.scale", "groups.shift"),
                attribute("epsilon", (float) net.epsilon()));
        nodes.node("Reshape", prefix + "normalized", List.of(prefix + "groups.normalized", prefix + "shape"));
        nodes.node("Mul", prefix + "scaled", List.of(prefix + "normalized", scale));
        return nodes.node("Add", prefix + "norm", List.of(prefix + "scaled", shift));
    }

    private String relu(String name, String input) {
        return nodes.node("Relu", name, List.of(input));
    }
}
