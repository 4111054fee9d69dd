package io.chiaro.serve.route;

import io.chiaro.core.ChiaroException;
import io.chiaro.search.IndexForm;
import io.chiaro.serve.http.HttpProblem;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;

/** Makes and drops indexes and draws their maps while they are served. Safe for any thread. */
public interface IndexChanges {

    /** Most indexes: each costs open files and memory, and nobody shall take all of them with a loop. */
    int MOST_INDEXES = 1000;

    /**
     * An index that is wished for.
     *
     * @param name in the addresses of its routes, and of its folder
     * @param form in which it keeps its documents
     * @param weighed whether it takes weights of the served sparse encoder beside the vectors
     */
    record Wish(String name, IndexForm form, boolean weighed) {}

    /** How the drawing of a map stands. */
    enum Drawing {
        /** It goes on. */
        UNDER_WAY,
        /** The last one came to nothing. */
        FAILED;

        /** Its name in answers. */
        String word() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    /**
     * Makes an index without documents and serves it from then on.
     *
     * @param due until when it may wait for its turn, by {@link System#nanoTime}
     * @param said what is answered about it, before anybody can drop it
     * @throws HttpProblem if the server makes none, the name is taken, there are too many, or its turn does not come
     * @throws ChiaroException of kind data if that is no name, of kind resources if the folder cannot be written, of kind model if no
     *     index can hold the model's vectors
     */
    <T> T make(Wish wish, long due, Function<ModelIndex, T> said);

    /**
     * Serves an index no longer and takes it off the disk.
     *
     * @param due until when it may wait for its turn, by {@link System#nanoTime}
     * @return whether there was one
     * @throws HttpProblem if the index is none that the server may drop, or its turn does not come
     * @throws ChiaroException of kind resources if somebody writes the index or the folder cannot be written; then it is served on
     */
    boolean drop(String name, long due);

    /**
     * Begins to draw the map of an index as it stands; it is kept when it is drawn.
     *
     * @throws HttpProblem if one is being drawn
     */
    void draw(ModelIndex index);

    /** How the drawing of an index's map stands; nothing if none was wished for, or it is drawn. */
    Optional<Drawing> drawing(ModelIndex index);
}
