package io.chiaro.serve.route;

import static io.chiaro.serve.route.Schema.Field;

import io.chiaro.search.IndexDescription;
import io.chiaro.search.TextIndex;
import java.util.Locale;
import java.util.Map;

/** What is said of an index. */
final class IndexEntry {

    static final Schema SCHEMA = Schema.object(
            Field.of("name", Schema.string()),
            Field.of("documents", Schema.integer(0)),
            Field.of("model", Schema.string()),
            Field.of("model_hash", Schema.string()),
            Field.of("dimension", Schema.integer(1)),
            Field.of("engine", Schema.oneOf("exact", "codes", "hnsw", "jvector")),
            Field.of("quantisation", Schema.oneOf("none", "int8", "binary", "product")),
            Field.of("language", Schema.string().says("In which words are compared")),
            Field.optional("sparse_model", Schema.string().says("What weighed the documents' tokens")),
            Field.optional("sparse_model_hash", Schema.string()),
            Field.of("map", Schema.bool().says("Whether a map was drawn of it")),
            Field.optional(
                    "map_drawing",
                    Schema.oneOf(IndexChanges.Drawing.UNDER_WAY.word(), IndexChanges.Drawing.FAILED.word())
                            .says("Whether a map is being drawn, or the last one that was asked for could not be")),
            Field.of("droppable", Schema.bool().says("Whether DELETE drops it")));

    private IndexEntry() {}

    static Map<String, Object> of(ModelIndex served, IndexChanges changes) {
        IndexDescription description;
        boolean mapped;
        try (TextIndex snapshot = served.index().snapshot()) {
            description = snapshot.description();
            mapped = snapshot.hasMap();
        }
        Map<String, Object> entry = OpenAiRoutes.ordered(
                "name",
                served.name(),
                "documents",
                description.documents(),
                "model",
                ServedModel.shortName(description.modelName()),
                "model_hash",
                description.modelHash(),
                "dimension",
                description.dimension(),
                "engine",
                description.engine().name().toLowerCase(Locale.ROOT),
                "quantisation",
                description.quantisation().word(),
                "language",
                description.language().key(),
                "map",
                mapped,
                "droppable",
                served.droppable());
        changes.drawing(served).ifPresent(drawing -> entry.put("map_drawing", drawing.word()));
        description.sparse().ifPresent(model -> {
            entry.put("sparse_model", ServedModel.shortName(model.name()));
            entry.put("sparse_model_hash", model.hash());
        });
        return entry;
    }
}
