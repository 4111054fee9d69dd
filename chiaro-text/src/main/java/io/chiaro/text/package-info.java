/** Text encoders of the BERT family, their loading and saving, and training on text. */
@NullMarked
package io.chiaro.text;

import org.jspecify.annotations.NullMarked;
