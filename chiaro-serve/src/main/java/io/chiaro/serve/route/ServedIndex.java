package io.chiaro.serve.route;

import io.chiaro.search.LiveIndex;

/**
 * An index behind the routes.
 *
 * @param name in the addresses of its routes
 * @param index opened, filled by the model that is served
 */
public record ServedIndex(String name, LiveIndex index) {}
