/** The order of the candidates: average precision made smooth, lists, and distributions of scores. */
@NullMarked
package io.chiaro.objective.ranking;

import org.jspecify.annotations.NullMarked;
