/** Listings of papers, and the files they come in. */
@NullMarked
package io.chiaro.example.papers.feed;

import org.jspecify.annotations.NullMarked;
