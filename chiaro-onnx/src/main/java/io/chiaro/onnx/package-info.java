/** ONNX Runtime behind Embedder; the ONNX graph format: weights in, weights out, parity. */
@NullMarked
package io.chiaro.onnx;

import org.jspecify.annotations.NullMarked;
