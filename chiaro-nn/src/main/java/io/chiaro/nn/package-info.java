/**
 * Layers and the contract of an encoder.
 *
 * <p>Sequences of a batch lie packed behind each other ({@link io.chiaro.nn.PackedSequences}); nothing is computed on
 * padding. A layer works on all tokens at once, and only attention looks at sequences, those of equal length together.
 *
 * <pre>{@code
 * ParameterStore.Builder declared = ParameterStore.builder("encoder");
 * TransformerLayer.declare(declared, "encoder.layer.0.", shape);
 * try (ParameterStore parameters = declared.create(); Scope scope = Scope.open("pass")) {
 *     TransformerLayer layer = new TransformerLayer(parameters, "encoder.layer.0.", shape);
 *     Tensor states = layer.forward(tokens, packed, Dropout.off());
 * }
 * }</pre>
 *
 * <p>Threads: everything here belongs to the thread that trains or embeds.
 */
@NullMarked
package io.chiaro.nn;

import org.jspecify.annotations.NullMarked;
