/**
 * Times of the parts, measured with JMH. Each class measures one part at the sizes that training a small encoder has.
 *
 * <pre>{@code
 * benchmarks/run                                    # everything, about 20 minutes
 * benchmarks/run -f 0 -wi 0 -i 1 -r 1 Attention     # one class, once: whether it runs at all
 * }</pre>
 *
 * <p>Threads: each benchmark runs on one Java thread; LibTorch takes its own compute threads.
 */
@NullMarked
package io.chiaro.benchmarks;

import org.jspecify.annotations.NullMarked;
