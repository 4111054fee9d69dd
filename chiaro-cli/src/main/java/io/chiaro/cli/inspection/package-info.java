/** What {@code chiaro inspect} finds in embeddings, and the page that shows it. */
@NullMarked
package io.chiaro.cli.inspection;

import org.jspecify.annotations.NullMarked;
