/**
 * Recipes: named fillings of the slots, each with its paper and the reference whose values it reproduces.
 *
 * <p>{@link io.chiaro.objective.recipe.Recipes} finds one by name. Its lists stand one to a family, and a recipe is a line of
 * them; {@link io.chiaro.objective.recipe.PeriodicTable} lays them out by what is told and what is learned. Nothing in the
 * other packages of objectives looks in here: an objective does not know its names.
 */
@NullMarked
package io.chiaro.objective.recipe;

import org.jspecify.annotations.NullMarked;
