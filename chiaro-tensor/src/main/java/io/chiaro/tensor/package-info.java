/** The only module that touches LibTorch: Tensor, Scope, Device, autograd, optimisers. */
@NullMarked
package io.chiaro.tensor;

import org.jspecify.annotations.NullMarked;
