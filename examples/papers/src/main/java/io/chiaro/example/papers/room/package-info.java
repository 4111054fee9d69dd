/** The papers that were collected: searched, ordered by votes and date, and grouped into topics. */
@NullMarked
package io.chiaro.example.papers.room;

import org.jspecify.annotations.NullMarked;
