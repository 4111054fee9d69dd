package io.chiaro.search;

import io.chiaro.core.ChiaroException;
import io.chiaro.model.ModelDescription;
import io.chiaro.model.Prompts;
import io.chiaro.search.vector.Quantisation;
import io.chiaro.search.vector.SearchEngine;
import java.util.Optional;

/**
 * What an index holds and which model filled it.
 *
 * @param documents how many
 * @param modelName as the user gave it when the index was written
 * @param modelHash SHA-256 of the weights; vectors of another model are refused
 * @param dimension of the vectors
 * @param maxTokens at which the model cut the texts
 * @param prompts that the model puts before its input
 * @param engine that finds the nearest vectors
 * @param form in which it keeps its documents
 * @param sparse the model that weighed the documents' tokens, if the index has such weights
 */
public record IndexDescription(
        int documents,
        String modelName,
        String modelHash,
        int dimension,
        int maxTokens,
        Prompts prompts,
        SearchEngine engine,
        IndexForm form,
        Optional<SparseModel> sparse) {

    static IndexDescription of(
            int documents,
            ModelDescription model,
            SearchEngine engine,
            IndexForm form,
            Optional<ModelDescription> sparse) {
        return new IndexDescription(
                documents,
                model.name(),
                model.hash(),
                model.dimension(),
                model.maxTokens(),
                model.prompts(),
                engine,
                form,
                sparse.map(SparseModel::of));
    }

    /** The same with other documents, found in another way. */
    IndexDescription with(int otherDocuments, SearchEngine otherEngine) {
        return new IndexDescription(
                otherDocuments, modelName, modelHash, dimension, maxTokens, prompts, otherEngine, form, sparse);
    }

    /** In which form vectors are compared first. */
    public Quantisation quantisation() {
        return form.quantisation();
    }

    /** In which language words are compared. */
    public Language language() {
        return form.language();
    }

    /**
     * Refuses a model whose vectors would mean nothing beside those of the index.
     *
     * @param place begins the error
     * @param what the model would make here
     */
    void refuseOther(String place, String what, ModelDescription model) {
        if (!model.hash().equals(modelHash)) {
            throw ChiaroException.model(place + ": expected " + what + " of the model " + modelName + " (hash "
                    + brief(modelHash) + ") that filled the index, but found " + model.name() + " (hash "
                    + brief(model.hash()) + "). Use that model or write the index again.");
        }
        if (!model.prompts().equals(prompts)) {
            throw ChiaroException.model(place + ": expected the prompts that filled the index, " + prompts
                    + ", but found " + model.prompts() + ". Use the same prompts or write the index again.");
        }
    }

    /**
     * Refuses a sparse model whose weights would mean nothing beside those of the index.
     *
     * @param place begins the error
     * @param what the model would make here
     */
    void refuseOtherSparse(String place, String what, ModelDescription model) {
        SparseModel found = sparse(place);
        if (!found.is(model)) {
            throw ChiaroException.model(place + ": expected " + what + " of the sparse model " + found.name()
                    + " (hash " + brief(found.hash()) + ") that weighed the index's documents, but found "
                    + model.name() + " (hash " + brief(model.hash()) + "). Use that model or write the index again.");
        }
    }

    /** The sparse model; an error if there is none. */
    SparseModel sparse(String place) {
        return sparse.orElseThrow(
                () -> ChiaroException.model(
                        place
                                + ": expected an index with sparse vectors, but found one without. Write it again with a sparse model."));
    }

    /** Refuses documents that would come without what the index has of each, or with more. */
    void refuseUnlikeSparse(String place, boolean weighed) {
        if (weighed) {
            sparse(place);
        } else if (sparse.isPresent()) {
            throw ChiaroException.model(place + ": expected documents with weights of the sparse model "
                    + sparse.get().name() + " (hash " + brief(sparse.get().hash())
                    + "), which the index has of each, but found none. Give that model, too.");
        }
    }

    private static String brief(String hash) {
        return hash.length() > 12 ? hash.substring(0, 12) : hash;
    }
}
