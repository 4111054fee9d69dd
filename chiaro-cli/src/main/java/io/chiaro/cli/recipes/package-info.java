/** The recipes for people: lists, the periodic table, the papers, and one looked at on arrays. */
@NullMarked
package io.chiaro.cli.recipes;

import org.jspecify.annotations.NullMarked;
