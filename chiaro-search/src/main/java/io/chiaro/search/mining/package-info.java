/**
 * Mining: finding the texts that a model takes for answers and that are none, which teach more than random ones.
 *
 * <pre>{@code
 * MiningSettings settings = MiningSettings.defaults().withNegatives(5).withRange(10, OptionalInt.of(100));
 * Mined mined = HardNegatives.of(pairs, documents, HardNegatives.Models.of(model), settings, threads);
 * mined.records().forEach(record -> ...); // the place of the pair, anchor, positive, negatives and their scores
 * }</pre>
 */
@NullMarked
package io.chiaro.search.mining;

import org.jspecify.annotations.NullMarked;
