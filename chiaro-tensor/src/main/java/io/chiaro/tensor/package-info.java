/**
 * The tensor runtime: the only package that touches LibTorch, and the only one that may mention its binding.
 *
 * <p>Ownership of native memory is explicit. Every result of an operation belongs to the innermost open {@link
 * io.chiaro.tensor.Scope} of the calling thread and dies with it; {@link io.chiaro.tensor.Scope#escape} hands a result
 * to the surrounding scope, and an {@link io.chiaro.tensor.Owner} holds what lives longer, such as parameters.
 *
 * <pre>{@code
 * double loss;
 * try (Scope step = Scope.open("step")) {
 *     Tensor x = Tensor.of(new float[] {1, 2, 3, 4}, 2, 2);
 *     Tensor y = x.matmul(x.transpose(0, 1)).softmax(-1);
 *     loss = y.sum().item();
 * } // every tensor above is released here
 * }</pre>
 *
 * <p>Threads: a tensor is made, used and released by one thread. Gradient mode and the stack of scopes belong to a
 * thread as well. The number of compute threads is set once, by {@link io.chiaro.tensor.NativeRuntime}.
 */
@NullMarked
package io.chiaro.tensor;

import org.jspecify.annotations.NullMarked;
