/**
 * Rows against vectors of classes, which are learned and which no view holds. The memory {@code classes} has one vector a
 * class, {@code centres} several, in the order of the classes.
 */
@NullMarked
package io.chiaro.objective.classes;

import org.jspecify.annotations.NullMarked;
