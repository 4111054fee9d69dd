package io.chiaro.serve.route;

/** Opens what is served once more, from where it came, and serves it in place of the old. */
@FunctionalInterface
public interface Reload {

    /**
     * Exchanges what is served. Requests under way end with what they began with.
     *
     * @return what is served now
     * @throws io.chiaro.core.ChiaroException if the new cannot be served; then the old is served on
     * @throws IllegalStateException if another reload is under way
     */
    ServedModel reload();
}
