package io.chiaro.search;

import io.chiaro.model.ModelDescription;
import io.chiaro.model.Prompts;

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
 */
public record IndexDescription(
        int documents,
        String modelName,
        String modelHash,
        int dimension,
        int maxTokens,
        Prompts prompts,
        SearchEngine engine) {

    static IndexDescription of(int documents, ModelDescription model, SearchEngine engine) {
        return new IndexDescription(
                documents, model.name(), model.hash(), model.dimension(), model.maxTokens(), model.prompts(), engine);
    }
}
