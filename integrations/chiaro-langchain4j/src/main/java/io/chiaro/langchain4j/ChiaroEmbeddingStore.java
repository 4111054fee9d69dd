package io.chiaro.langchain4j;

import dev.langchain4j.data.embedding.Embedding;
import dev.langchain4j.data.segment.TextSegment;
import dev.langchain4j.store.embedding.EmbeddingMatch;
import dev.langchain4j.store.embedding.EmbeddingSearchRequest;
import dev.langchain4j.store.embedding.EmbeddingSearchResult;
import dev.langchain4j.store.embedding.EmbeddingStore;
import dev.langchain4j.store.embedding.RelevanceScore;
import dev.langchain4j.store.embedding.filter.Filter;
import io.chiaro.core.ChiaroException;
import io.chiaro.model.Document;
import io.chiaro.model.ModelDescription;
import io.chiaro.search.Fusion;
import io.chiaro.search.LiveIndex;
import io.chiaro.search.TextHit;
import io.chiaro.search.TextIndex;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A {@link LiveIndex} as an embedding store of LangChain4j: segments, their metadata and their vectors in a folder, which remembers
 * the model. Each call that adds or removes is durable when it returns, and costs a write to the disk: add many at once.
 *
 * <p>Scores are LangChain4j's, (1 + cosine) / 2. Matches come with their segments, without space around the text, and without their
 * vectors. Filters compare values as they are written, and numbers alone have an order; a filter by a name that no segment has is an
 * error with the nearest name, except where the store is empty and nothing is found.
 *
 * <p>Safe for any thread; close it when done. The folder is locked for other writers from the first change on.
 */
public final class ChiaroEmbeddingStore implements EmbeddingStore<TextSegment>, AutoCloseable {

    private final LiveIndex index;
    private final ModelDescription model;
    private final Search search;

    /** What finds matches in a snapshot, best first. */
    @FunctionalInterface
    private interface Search {
        List<EmbeddingMatch<TextSegment>> in(TextIndex index, EmbeddingSearchRequest request);
    }

    private ChiaroEmbeddingStore(LiveIndex index, ModelDescription model, Search search) {
        this.index = index;
        this.model = model;
        this.search = search;
    }

    /**
     * Opens the store in a folder, or begins one where it is missing or empty.
     *
     * @param model that makes the embeddings, {@code embedder.description()}
     * @throws ChiaroException if another model filled it, the folder holds something else or cannot be written
     */
    public static ChiaroEmbeddingStore open(Path folder, ModelDescription model) {
        return new ChiaroEmbeddingStore(LiveIndex.open(folder, model), model, ChiaroEmbeddingStore::byVectors);
    }

    private static List<EmbeddingMatch<TextSegment>> byVectors(TextIndex index, EmbeddingSearchRequest request) {
        return index.search(request.queryEmbedding().vector(), request.maxResults()).stream()
                .map(hit -> match(hit, RelevanceScore.fromCosineSimilarity(hit.score())))
                .toList();
    }

    /**
     * The same store, which finds by words too where a request bears the text of the query, as those of an {@code
     * EmbeddingStoreContentRetriever} do. Scores are then those of the fusion. Closing either closes both.
     *
     * @param vectorWeight of the vectors, from 0 to 1; the words have the rest
     */
    public ChiaroEmbeddingStore hybrid(Fusion fusion, double vectorWeight) {
        return new ChiaroEmbeddingStore(index, model, (now, request) -> {
            if (request.query() == null) {
                return byVectors(now, request);
            }
            float[] vector = request.queryEmbedding().vector();
            return now.searchHybrid(request.query(), vector, fusion, vectorWeight, request.maxResults()).stream()
                    .map(hit -> match(hit, hit.score()))
                    .toList();
        });
    }

    @Override
    public String add(Embedding embedding) {
        return addAll(List.of(embedding)).get(0);
    }

    @Override
    public void add(String id, Embedding embedding) {
        addAll(List.of(id), List.of(embedding), null);
    }

    @Override
    public String add(Embedding embedding, TextSegment segment) {
        return addAll(List.of(embedding), List.of(segment)).get(0);
    }

    @Override
    public List<String> addAll(List<Embedding> embeddings) {
        List<String> ids = generateIds(embeddings.size());
        addAll(ids, embeddings, null);
        return ids;
    }

    /**
     * Adds segments and replaces those with the same ids.
     *
     * @param segments one for each embedding, or null
     * @throws ChiaroException if an id comes twice, a vector is of another length, or metadata cannot be kept
     */
    @Override
    public void addAll(List<String> ids, List<Embedding> embeddings, @Nullable List<TextSegment> segments) {
        if (ids.size() != embeddings.size() || (segments != null && segments.size() != ids.size())) {
            throw new IllegalArgumentException("ChiaroEmbeddingStore: expected an embedding and a segment for each of "
                    + ids.size() + " ids, but found " + embeddings.size() + " and "
                    + (segments == null ? "none" : segments.size()));
        }
        if (ids.isEmpty()) {
            return;
        }
        List<Document> documents = new ArrayList<>();
        for (int i = 0; i < ids.size(); i++) {
            documents.add(document(ids.get(i), segments == null ? null : segments.get(i)));
        }
        index.write(documents, embeddings.stream().map(Embedding::vector).toArray(float[][]::new), model);
    }

    private static Document document(String id, @Nullable TextSegment segment) {
        return segment == null
                ? new Document(id, "", "")
                : new Document(id, "", segment.text(), SegmentMetadata.of("segment " + id, segment.metadata()));
    }

    @Override
    public void removeAll(Collection<String> ids) {
        if (ids.isEmpty()) {
            throw new IllegalArgumentException("ids: expected at least one, but found none");
        }
        index.delete(new LinkedHashSet<>(ids), model);
    }

    @Override
    public void removeAll(Filter filter) {
        io.chiaro.search.filter.Filter meeting = SegmentFilter.of(filter);
        try (TextIndex now = index.snapshot()) {
            if (now.description().documents() > 0) {
                index.delete(meeting, model);
            }
        }
    }

    @Override
    public void removeAll() {
        index.delete(io.chiaro.search.filter.Filter.EVERYTHING, model);
    }

    @Override
    public EmbeddingSearchResult<TextSegment> search(EmbeddingSearchRequest request) {
        io.chiaro.search.filter.Filter meeting = request.filter() == null
                ? io.chiaro.search.filter.Filter.EVERYTHING
                : SegmentFilter.of(request.filter());
        try (TextIndex now = index.snapshot()) {
            if (now.description().documents() == 0) {
                return new EmbeddingSearchResult<>(List.of());
            }
            try (TextIndex allowed = now.meeting(meeting)) {
                return new EmbeddingSearchResult<>(search.in(allowed, request).stream()
                        .filter(match -> match.score() >= request.minScore())
                        .toList());
            }
        }
    }

    private static EmbeddingMatch<TextSegment> match(TextHit hit, double score) {
        TextSegment segment =
                hit.text().isBlank() ? null : TextSegment.from(hit.text(), SegmentMetadata.from(hit.metadata()));
        return new EmbeddingMatch<>(score, hit.id(), null, segment);
    }

    @Override
    public void close() {
        index.close();
    }
}
