package io.chiaro.serve.route;

import io.chiaro.core.ChiaroException;
import io.chiaro.model.ModelDescription;
import io.chiaro.search.LiveIndex;

/**
 * An index with the model that embeds its queries and documents.
 *
 * @param name in the addresses of its routes
 * @param index opened, filled by the model
 * @param model behind its queue
 * @param droppable whether it lies in the folder where the server makes and drops indexes, so that it is the server's own
 */
public record ModelIndex(String name, LiveIndex index, ServedModel model, boolean droppable) {

    /**
     * Shows what the folder of the index holds now, if that is still of the model.
     *
     * @throws ChiaroException as of {@link LiveIndex#refresh(ModelDescription)}
     */
    public boolean refresh() {
        return index.refresh(model.description());
    }
}
