/**
 * Text encoders of the BERT family: loading, training, saving, exporting.
 *
 * <pre>{@code
 * RunFile run = RunFile.defaults().with("example", Map.of(
 *         "data", List.of(Map.of("path", "pairs.jsonl")), "out", "runs/first", "steps", 200));
 * try (TextTraining training = TextTraining.start(run, TextTraining.Options.defaults())) {
 *     training.run();
 * } // runs/first/model is a sentence-transformers directory with onnx/model.onnx in it
 * }</pre>
 *
 * <p>{@link io.chiaro.text.TextModel} is a model with its tokenizer; {@link io.chiaro.text.TextTower} the part that is
 * trained; {@link io.chiaro.text.TextTraining} a run.
 *
 * <p>Threads: a model belongs to one thread.
 */
@NullMarked
package io.chiaro.text;

import org.jspecify.annotations.NullMarked;
