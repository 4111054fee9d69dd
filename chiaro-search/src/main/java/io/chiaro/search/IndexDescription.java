package io.chiaro.search;

import io.chiaro.core.ChiaroException;
import io.chiaro.model.ModelDescription;
import io.chiaro.model.Prompts;
import io.chiaro.search.vector.Quantisation;
import io.chiaro.search.vector.SearchEngine;

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
 * @param quantisation in which form vectors are compared first
 */
public record IndexDescription(
        int documents,
        String modelName,
        String modelHash,
        int dimension,
        int maxTokens,
        Prompts prompts,
        SearchEngine engine,
        Quantisation quantisation) {

    static IndexDescription of(int documents, ModelDescription model, SearchEngine engine, Quantisation quantisation) {
        return new IndexDescription(
                documents,
                model.name(),
                model.hash(),
                model.dimension(),
                model.maxTokens(),
                model.prompts(),
                engine,
                quantisation);
    }

    /** The same with other documents, found in another way. */
    IndexDescription with(int otherDocuments, SearchEngine otherEngine) {
        return new IndexDescription(
                otherDocuments, modelName, modelHash, dimension, maxTokens, prompts, otherEngine, quantisation);
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

    private static String brief(String hash) {
        return hash.length() > 12 ? hash.substring(0, 12) : hash;
    }
}
