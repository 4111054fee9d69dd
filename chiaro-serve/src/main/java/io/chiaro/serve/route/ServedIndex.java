package io.chiaro.serve.route;

import io.chiaro.model.TokenEmbedder;
import io.chiaro.search.LiveIndex;
import java.util.Optional;

/**
 * An index behind the routes.
 *
 * @param name in the addresses of its routes
 * @param index opened, filled by its model
 * @param beside the model that filled it, if that is another than the one that is served: two models are compared by what each finds
 *     in the same collection
 */
public record ServedIndex(String name, LiveIndex index, Optional<TokenEmbedder> beside) {

    /** One of the model that is served. */
    public ServedIndex(String name, LiveIndex index) {
        this(name, index, Optional.empty());
    }
}
