/** Trains a model on titles and abstracts, and says by held-out pairs whether that helped. */
@NullMarked
package io.chiaro.example.papers.learn;

import org.jspecify.annotations.NullMarked;
