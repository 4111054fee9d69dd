package io.chiaro.serve.route;

import static io.chiaro.serve.route.Schema.Field;

import io.chiaro.core.ChiaroException;
import io.chiaro.core.Json;
import io.chiaro.core.JsonObject;
import io.chiaro.model.Document;
import io.chiaro.model.Metadata;
import io.chiaro.model.ModelDescription;
import io.chiaro.model.SparseVector;
import io.chiaro.search.LiveIndex;
import io.chiaro.search.StoredText;
import io.chiaro.search.TextIndex;
import io.chiaro.search.filter.Filter;
import io.chiaro.serve.http.HttpProblem;
import io.chiaro.serve.http.Response;
import io.chiaro.serve.key.Role;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntSupplier;

/**
 * Documents of the served indexes, one by one: looked at, added, replaced, deleted. An answer to a change means that it is on
 * the disk and that every search from then on sees it.
 */
final class DocumentRoutes {

    private static final Set<String> KEYS = Set.of("id", "title", "text", "metadata");
    private static final Schema METADATA =
            Schema.object().says("Strings, numbers, booleans or lists of strings under names");

    private static final Schema DOCUMENTS = Schema.object(Field.of(
            "documents",
            Schema.list(Schema.object(
                            Field.of("id", Schema.string().says("Replaces the document that has it already")),
                            Field.optional("title", Schema.string()),
                            Field.of("text", Schema.string().says("What is beyond the model's limit is not embedded")),
                            Field.optional("metadata", METADATA))
                    .closed())));

    private static final Schema WRITTEN = Schema.object(
            Field.of("written", Schema.integer(1).says("Documents that are durable and can be found now")),
            Field.of("documents", Schema.integer(1).says("How many the index holds")));

    private static final Schema DOCUMENT = Schema.object(
            Field.of("id", Schema.string()),
            Field.optional("title", Schema.string().says("Where the document has one")),
            Field.of("text", Schema.string().says("Title and text as they were indexed")),
            Field.optional("metadata", METADATA));

    private static final Schema DELETED = Schema.object(
            Field.of("deleted", Schema.integer(0).says("Documents that were there and can be found no more")));

    private final Limits limits;
    private final ServedIndexes indexes;
    private final SparseSide sparse;

    DocumentRoutes(Limits limits, ServedIndexes indexes, SparseSide sparse) {
        this.limits = limits;
        this.indexes = indexes;
        this.sparse = sparse;
    }

    List<Route> routes() {
        Route put = Route.post(
                        "/v1/indexes/{name}/documents",
                        Role.WRITE,
                        "Adds documents and replaces those whose ids the index holds",
                        DOCUMENTS,
                        WRITTEN,
                        indexes.answered(this::write))
                .by("PUT");
        return List.of(
                put,
                put.by("POST"),
                Route.get(
                        "/v1/indexes/{name}/documents/{id}",
                        Role.READ,
                        "Shows a document",
                        DOCUMENT,
                        indexes.answered(this::document)),
                Route.delete(
                        "/v1/indexes/{name}/documents/{id}",
                        Role.WRITE,
                        "Deletes a document",
                        DELETED,
                        indexes.answered(this::delete)),
                Route.post(
                        "/v1/indexes/{name}/delete",
                        Role.WRITE,
                        "Deletes documents by their ids, with a slash too, which no path may hold, or those that meet a"
                                + " filter",
                        Schema.object(
                                Field.optional("ids", Schema.list(Schema.string())),
                                Field.optional(
                                        "filter",
                                        Schema.object()
                                                .says("In place of ids: what the metadata of a document must meet, as a"
                                                        + " search has it"))),
                        DELETED,
                        indexes.answered(this::deleteMany)));
    }

    private Response write(Call call, ModelIndex named) {
        LiveIndex index = named.index();
        ServedModel model = named.model();
        List<Document> documents = documents(call);
        List<String> texts = documents.stream().map(Document::content).toList();
        Optional<ServedSparse> weighing;
        try (TextIndex now = index.snapshot()) {
            weighing = sparse.forDocuments(now);
        }
        // As whoever indexes a file, whose long texts are cut, too.
        float[][] vectors = model.embed(call, texts, model.documentPrompt(), true);
        Optional<List<SparseVector>> weights = weighing.map(encoder -> encoder.vectors(call, texts, true));
        change(() -> {
            if (weights.isPresent()) {
                ModelDescription encoder = weighing.orElseThrow().description();
                index.write(documents, vectors, model.description(), weights.get(), encoder);
            } else {
                index.write(documents, vectors, model.description());
            }
            return documents.size();
        });
        try (TextIndex now = index.snapshot()) {
            return Response.json(
                    200,
                    Json.line(OpenAiRoutes.ordered(
                            "written",
                            documents.size(),
                            "documents",
                            now.description().documents())));
        }
    }

    private List<Document> documents(Call call) {
        List<JsonObject> given = call.body().objects("documents");
        Texts.refuseCount(call, given.size(), "documents", limits);
        List<Document> documents = new ArrayList<>(given.size());
        for (JsonObject one : given) {
            one.refuseUnknownKeys(KEYS);
            Document document = new Document(
                    one.string("id"),
                    one.string("title", ""),
                    one.string("text"),
                    one.has("metadata") ? Metadata.from(one.object("metadata")) : Metadata.NONE);
            if (document.content().isBlank()) {
                throw call.unprocessable("expected a title or a text at \"documents[" + documents.size()
                        + "]\", but found neither: nothing would be found by it.");
            }
            Texts.checked(call, document.content(), "documents[" + documents.size() + "]", limits);
            documents.add(document);
        }
        return documents;
    }

    private Response document(Call call, ModelIndex named) {
        try (TextIndex index = named.index().snapshot()) {
            StoredText found = index.find(call.variable("id")).orElseThrow(DocumentRoutes::missing);
            Map<String, Object> answer = OpenAiRoutes.ordered("id", found.id());
            if (!found.title().isEmpty()) {
                answer.put("title", found.title());
            }
            answer.put("text", found.text());
            if (!found.metadata().values().isEmpty()) {
                answer.put("metadata", found.metadata().plain());
            }
            return Response.json(200, Json.line(answer));
        }
    }

    private Response delete(Call call, ModelIndex named) {
        if (deleted(named, List.of(call.variable("id"))) == 0) {
            throw missing();
        }
        return Response.json(200, Json.line(Map.of("deleted", 1)));
    }

    private Response deleteMany(Call call, ModelIndex named) {
        JsonObject body = call.body();
        if (body.has("ids") == body.has("filter")) {
            throw call.unprocessable("expected \"ids\" or \"filter\", but found "
                    + (body.has("ids") ? "both. Leave one of them out." : "neither. Say what is to be deleted."));
        }
        if (body.has("filter")) {
            // One that is empty cannot be read, so that nobody deletes everything by leaving something out.
            Filter filter = Filter.from(body.object("filter"));
            int deleted =
                    change(() -> named.index().delete(filter, named.model().description()));
            return Response.json(200, Json.line(Map.of("deleted", deleted)));
        }
        List<String> ids = body.strings("ids");
        Texts.refuseCount(call, ids.size(), "ids", limits);
        return Response.json(200, Json.line(Map.of("deleted", deleted(named, new LinkedHashSet<>(ids)))));
    }

    private static int deleted(ModelIndex named, Collection<String> ids) {
        return change(() -> named.index().delete(ids, named.model().description()));
    }

    private static HttpProblem missing() {
        return HttpProblem.of(404, "the index has no document of this id.");
    }

    private static int change(IntSupplier change) {
        try {
            return change.getAsInt();
        } catch (ChiaroException e) {
            throw ServedIndexes.unwritable(e);
        }
    }
}
