package io.chiaro.pgvector;

import io.chiaro.core.ChiaroException;
import io.chiaro.core.Json;
import io.chiaro.core.JsonObject;
import io.chiaro.model.ModelDescription;
import io.chiaro.model.Prompts;
import java.util.Map;

/**
 * Which model fills a table. PostgreSQL keeps it as the comment of the table, so that it goes with it through renaming and dumps.
 *
 * @param modelName as the user gave it when the table was made
 * @param modelHash SHA-256 of the weights; vectors of another model are refused
 * @param dimension of the vectors
 * @param maxTokens at which the model cuts the texts
 * @param prompts that the model puts before its input
 */
public record TableDescription(String modelName, String modelHash, int dimension, int maxTokens, Prompts prompts) {

    private static final String KEY = "chiaro-table-1";

    static TableDescription of(ModelDescription model) {
        return new TableDescription(model.name(), model.hash(), model.dimension(), model.maxTokens(), model.prompts());
    }

    String comment() {
        return Json.line(Map.of(
                KEY,
                Map.of(
                        "model-name", modelName,
                        "model-hash", modelHash,
                        "dimension", dimension,
                        "max-tokens", maxTokens,
                        "prompts",
                                Map.of(
                                        "text",
                                        prompts.text(),
                                        "query",
                                        prompts.query(),
                                        "document",
                                        prompts.document()))));
    }

    /** Reads a comment; {@code where} begins every error. */
    static TableDescription read(String where, String comment) {
        if (!comment.startsWith("{\"" + KEY)) {
            throw ChiaroException.model(
                    where + ": expected a table that Chiaro made, with its model in the comment, but found "
                            + (comment.isEmpty() ? "none" : "another comment") + ". Choose another name.");
        }
        JsonObject memory = Json.parse(ChiaroException.Kind.MODEL, where, comment);
        return Json.read(memory.object(KEY), TableDescription.class);
    }

    void refuseOther(String where, ModelDescription model) {
        if (!model.hash().equals(modelHash) || model.dimension() != dimension) {
            throw ChiaroException.model(where + ": expected vectors of the model " + modelName + " (hash "
                    + brief(modelHash)
                    + ", dimension " + dimension + ") that fills the table, but found " + model.name() + " (hash "
                    + brief(model.hash()) + ", dimension " + model.dimension()
                    + "). Use that model or fill another table.");
        }
        if (!model.prompts().equals(prompts)) {
            throw ChiaroException.model(where + ": expected the prompts that fill the table, " + prompts
                    + ", but found " + model.prompts() + ". Use the same prompts or fill another table.");
        }
    }

    private static String brief(String hash) {
        return hash.length() > 12 ? hash.substring(0, 12) : hash;
    }
}
