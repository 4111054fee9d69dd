package io.chiaro.model;

import java.util.List;

/** Ranks the documents of a collection for a query. BM25, a vector index and a reranker all look like this. */
public interface Ranker extends AutoCloseable {

    /** The best documents, best first; at most {@code depth}, fewer if the collection or the match is smaller. */
    List<Hit> rank(String query, int depth);

    /** What tells it from others in a table, in a word or a few: the models and kinds of search, without their parameters. */
    String name();

    /** One line that says exactly what ranks: engine, analyser, parameters. */
    String description();

    @Override
    void close();
}
