package io.chiaro.serve.route;

import io.chiaro.search.SparseModel;
import io.chiaro.search.TextIndex;
import io.chiaro.serve.http.HttpProblem;
import java.util.Optional;

/**
 * The served sparse encoder behind the indexes whose documents it weighed. Whether it did is asked of each snapshot, since an index may be
 * written anew while it is served.
 */
record SparseSide(Optional<ServedSparse> served) {

    /** The encoder for queries to an index; 422 if the index has no weights, or those of a model that is not served. */
    ServedSparse forQueries(Call call, TextIndex index) {
        SparseModel model = index.description()
                .sparse()
                .orElseThrow(() -> call.unprocessable("expected an index with weights of tokens, but this one has none."
                        + " chiaro index --sparse writes them."));
        return of(model).orElseThrow(() -> call.unprocessable(missing(model)));
    }

    /** The encoder of an index's weights, if it has them and their model is served. */
    Optional<ServedSparse> of(TextIndex index) {
        return index.description().sparse().flatMap(this::of);
    }

    /** The encoder for documents of an index, if the index has weights; 409 if those are of a model that is not served. */
    Optional<ServedSparse> forDocuments(TextIndex index) {
        return index.description()
                .sparse()
                .map(model -> of(model).orElseThrow(() -> HttpProblem.of(409, missing(model))));
    }

    private Optional<ServedSparse> of(SparseModel model) {
        return served.filter(encoder -> model.is(encoder.description()));
    }

    private static String missing(SparseModel model) {
        return "the index has weights of the sparse model " + ServedModel.shortName(model.name())
                + ", which is not served here. Start the server with it as --sparse.";
    }
}
