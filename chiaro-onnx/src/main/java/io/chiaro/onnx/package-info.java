/**
 * ONNX Runtime behind {@link io.chiaro.model.Embedder}, and the ONNX format for encoders of the BERT family and for small
 * convolutional ones of pictures.
 *
 * <p>This is how a trained model is used without LibTorch: a light runtime, one file that holds the encoder, its pooling
 * and its normalisation. Start with {@link io.chiaro.onnx.OnnxEmbedder}:
 *
 * <pre>{@code
 * try (Embedder embedder = OnnxEmbedder.open("all-MiniLM-L6-v2", OnnxSettings.defaults())) {
 *     float[][] vectors = embedder.embed(List.of("a cup of tea", "a pot of coffee"), TextRole.TEXT);
 * }
 * }</pre>
 *
 * <p>The parts:
 *
 * <ul>
 *   <li>{@link io.chiaro.onnx.EmbeddedModels}: the two models that come with a Maven artifact, and what their files do not
 *       say: true limits, pooling, prompts, checksums.
 *   <li>{@link io.chiaro.onnx.OnnxBertReader}: weights out of those two files, under their Hugging Face names, for training.
 *       Other ONNX files run, but are not trained on.
 *   <li>{@link io.chiaro.onnx.OnnxBertWriter}: an encoder with its poolings as a graph of two outputs,
 *       {@code token_embeddings} and {@code sentence_embedding}.
 *   <li>{@link io.chiaro.onnx.OnnxConvWriter}, {@link io.chiaro.onnx.OnnxPictures}: an encoder of pictures as a graph, and what
 *       runs it.
 *   <li>{@link io.chiaro.onnx.OnnxParity}: the check that an exported file gives the vectors of its model; it belongs to
 *       every export.
 * </ul>
 *
 * <p>An export and its check:
 *
 * <pre>{@code
 * OnnxBertWriter.write(file, config, weights::get, OnnxHead.of(List.of(Pooling.MEAN), true));
 * List<int[]> tokens = tokenizer.encodeAll(OnnxParity.sampleTexts(), maxTokens);
 * OnnxParity parity = OnnxParity.check(file, tokens, vectorsOfTheModel(tokens));
 * }</pre>
 *
 * <p>Threads: everything here may be used by several threads. {@link io.chiaro.onnx.OnnxEmbedder} holds native memory
 * outside of the heap until it is closed; closing waits for calls that run.
 */
@NullMarked
package io.chiaro.onnx;

import org.jspecify.annotations.NullMarked;
