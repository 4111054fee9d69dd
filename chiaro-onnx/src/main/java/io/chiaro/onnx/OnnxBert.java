package io.chiaro.onnx;

import io.chiaro.model.BertConfig;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A BERT encoder out of an ONNX file: its shape and its weights under their Hugging Face names, for example
 * {@code encoder.layer.0.attention.self.query.weight}; matrices of linear layers are [out, in].
 *
 * <p>The arrays are not copied: who holds the record owns them.
 *
 * @param config the encoder's shape; dropout, initialiser range and padding id do not stand in an ONNX file and are those
 *     of {@link BertConfig#of}
 * @param parameters every parameter of the encoder, in the order of the forward pass
 */
public record OnnxBert(BertConfig config, Map<String, Parameter> parameters) {

    public OnnxBert {
        parameters = Collections.unmodifiableMap(new LinkedHashMap<>(parameters));
    }

    /**
     * One parameter.
     *
     * @param shape its sizes, one or two
     * @param values its numbers, row after row
     */
    @SuppressWarnings("ArrayRecordComponent") // tens of megabytes: handed over, never compared
    public record Parameter(int[] shape, float[] values) {

        public Parameter {
            if (BertShapes.elements(shape) != values.length) {
                throw new IllegalArgumentException("OnnxBert.Parameter: the shape holds " + BertShapes.elements(shape)
                        + " numbers, but there are " + values.length);
            }
        }
    }

    /** A parameter by its name. */
    public Parameter parameter(String name) {
        Parameter parameter = parameters.get(name);
        if (parameter == null) {
            throw new IllegalArgumentException("OnnxBert: no parameter is named " + name);
        }
        return parameter;
    }

    /** The values of a parameter. */
    public float[] values(String name) {
        return parameter(name).values();
    }
}
