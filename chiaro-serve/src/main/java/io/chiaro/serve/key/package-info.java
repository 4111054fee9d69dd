/**
 * Who may use a server: keys with roles, kept in a file as salted hashes. {@link io.chiaro.serve.key.KeyFile} changes such a
 * file, {@link io.chiaro.serve.key.KeyRing} checks keys against it and notices when it changes.
 */
@NullMarked
package io.chiaro.serve.key;

import org.jspecify.annotations.NullMarked;
