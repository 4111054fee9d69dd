package io.chiaro.serve.route;

import io.chiaro.search.TextIndex;

/**
 * An index behind the routes.
 *
 * @param name in the addresses of its routes
 * @param index opened, of the model that is served
 */
public record ServedIndex(String name, TextIndex index) {}
