/**
 * A plane for people to look at in which vectors that are near each other lie near each other: exact neighbours, the plane of the two
 * principal components to begin with, and UMAP (McInnes, Healy and Melville, "UMAP: Uniform Manifold Approximation and
 * Projection for Dimension Reduction", arXiv 1802.03426, 2018). It knows nothing of indexes.
 *
 * <p>Threads: all of it may be called from any thread; what is given is only read.
 */
@NullMarked
package io.chiaro.search.map;

import org.jspecify.annotations.NullMarked;
