/** Text on its way into a page. */
@NullMarked
package io.chiaro.example.papers.html;

import org.jspecify.annotations.NullMarked;
