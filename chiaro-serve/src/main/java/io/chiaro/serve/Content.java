package io.chiaro.serve;

import io.chiaro.model.TokenEmbedder;
import io.chiaro.serve.route.ServedIndex;
import java.util.List;

/**
 * What is served together: a model and the indexes that it filled.
 *
 * @param model may be used by several threads
 * @param indexes of this model, names each once
 */
public record Content(TokenEmbedder model, List<ServedIndex> indexes) implements AutoCloseable {

    public Content {
        indexes = List.copyOf(indexes);
    }

    /** Opens the content anew whenever it is asked to. */
    @FunctionalInterface
    public interface Source {
        /** Opens model and indexes; the caller closes them. */
        Content open();
    }

    /** Closes the indexes and the model. */
    @Override
    public void close() {
        indexes.forEach(index -> index.index().close());
        model.close();
    }
}
