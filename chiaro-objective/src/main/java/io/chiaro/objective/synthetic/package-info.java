/** Objectives whose keys no encoder has made: mixtures, extrapolations and noise, drawn anew at every step. */
@NullMarked
package io.chiaro.objective.synthetic;

import org.jspecify.annotations.NullMarked;
