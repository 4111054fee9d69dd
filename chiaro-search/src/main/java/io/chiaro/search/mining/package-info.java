/**
 * Mining: finding the texts that a model takes for answers and that are none, which teach more than random ones.
 *
 * <pre>{@code
 * MiningSettings settings = MiningSettings.defaults().withRelativeMargin(0.05);
 * Mined mined = HardNegatives.of(pairs, corpus, model, Optional.empty(), settings);
 * mined.records().forEach(record -> ...); // anchor, positive, negatives and their scores
 * }</pre>
 */
@NullMarked
package io.chiaro.search.mining;

import org.jspecify.annotations.NullMarked;
