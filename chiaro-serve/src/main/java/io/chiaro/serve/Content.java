package io.chiaro.serve;

import io.chiaro.model.TokenEmbedder;
import io.chiaro.model.TokenReranker;
import io.chiaro.model.TokenSparseEmbedder;
import io.chiaro.serve.route.ServedIndex;
import java.util.List;
import java.util.Optional;

/**
 * What is served together: a model and the indexes that it filled, and perhaps indexes of other models to compare with.
 *
 * @param model may be used by several threads
 * @param indexes of this model or of one that stands beside it, which may be used by several threads; names each once
 * @param reranker puts texts in order; may be used by several threads
 * @param sparse weighs tokens; may be used by several threads
 */
public record Content(
        TokenEmbedder model,
        List<ServedIndex> indexes,
        Optional<TokenReranker> reranker,
        Optional<TokenSparseEmbedder> sparse)
        implements AutoCloseable {

    public Content {
        indexes = List.copyOf(indexes);
    }

    /** A model with its indexes, and nothing that puts texts in order. */
    public Content(TokenEmbedder model, List<ServedIndex> indexes) {
        this(model, indexes, Optional.empty());
    }

    /** A model with its indexes and perhaps what puts texts in order. */
    public Content(TokenEmbedder model, List<ServedIndex> indexes, Optional<TokenReranker> reranker) {
        this(model, indexes, reranker, Optional.empty());
    }

    /** Opens the content anew whenever it is asked to. */
    @FunctionalInterface
    public interface Source {
        /** Opens model and indexes; the caller closes them. */
        Content open();
    }

    /** Closes the indexes and the models. */
    @Override
    public void close() {
        reranker.ifPresent(TokenReranker::close);
        sparse.ifPresent(TokenSparseEmbedder::close);
        indexes.forEach(index -> index.index().close());
        indexes.stream().flatMap(index -> index.beside().stream()).distinct().forEach(TokenEmbedder::close);
        model.close();
    }
}
