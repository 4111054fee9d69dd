/**
 * The ground that every module stands on, in pure Java.
 *
 * <p>Errors that a user can mend are {@link io.chiaro.core.ChiaroException}s of one sentence; {@link io.chiaro.core.Names}
 * finds the name that was meant. {@link io.chiaro.core.Json} reads and writes configurations and reports strictly,
 * {@link io.chiaro.core.AtomicFiles} writes files that are old or new and never half, {@link io.chiaro.core.Safetensors}
 * holds named tensors in files, and {@link io.chiaro.core.RandomStream} gives random numbers by address, so that a run can
 * be repeated.
 *
 * <pre>{@code
 * record Settings(int batch, double learningRate) {}
 *
 * Settings settings = Json.read(Json.object(Path.of("run.json")), Settings.class);
 * Path file = Path.of("model.safetensors");
 * float[] bias = {0.5f, -0.5f};
 * Safetensors.write(file, List.of(StoredTensor.of("bias", StoredType.F32, 2)), Map.of(), (tensor, sink) -> sink.floats(bias));
 * try (Safetensors weights = Safetensors.open(file)) {
 *     float[] again = weights.floats("bias");
 * }
 * }</pre>
 *
 * <p>Threads: static methods and immutable values serve any thread; a {@code RandomStream} belongs to one.
 */
@NullMarked
package io.chiaro.core;

import org.jspecify.annotations.NullMarked;
