/** Losses of lists: the scores that a cross-encoder gives the candidates of a query, against the grades of these. */
@NullMarked
package io.chiaro.objective.list;

import org.jspecify.annotations.NullMarked;
