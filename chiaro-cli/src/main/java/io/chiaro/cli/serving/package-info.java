/** Serving a model over HTTP, and the keys that let clients in. */
@NullMarked
package io.chiaro.cli.serving;

import org.jspecify.annotations.NullMarked;
