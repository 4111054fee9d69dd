package io.chiaro.springai;

import io.chiaro.core.ChiaroException;
import io.chiaro.model.Document;
import io.chiaro.model.ModelDescription;
import io.chiaro.search.LiveIndex;
import io.chiaro.search.TextHit;
import io.chiaro.search.TextIndex;
import io.chiaro.search.filter.Filter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import org.springframework.ai.embedding.EmbeddingOptions;
import org.springframework.ai.vectorstore.AbstractVectorStoreBuilder;
import org.springframework.ai.vectorstore.SearchRequest;
import org.springframework.ai.vectorstore.filter.Filter.Expression;
import org.springframework.ai.vectorstore.observation.AbstractObservationVectorStore;
import org.springframework.ai.vectorstore.observation.VectorStoreObservationContext;

/**
 * A {@link LiveIndex} as a vector store of Spring AI: documents, their metadata and their vectors in a folder, which remembers the
 * model. Each call that adds or deletes is durable when it returns, and costs a write to the disk: add many at once.
 *
 * <p>Scores are cosines; a similarity threshold of 0 accepts all, as Spring names it. Found documents bear their metadata, without
 * space around the text. Filters compare values as they are written, and numbers alone have an order; a filter by a name that no
 * document has is an error with the nearest name, except where the store is empty and nothing is found.
 *
 * <p>Safe for any thread; close it when done. The folder is locked for other writers from the first change on.
 */
public final class ChiaroVectorStore extends AbstractObservationVectorStore implements AutoCloseable {

    private final ChiaroEmbeddingModel embedding;
    private final ModelDescription model;
    private final Path folder;
    private final LiveIndex index;

    private ChiaroVectorStore(Builder builder) {
        super(builder);
        this.embedding = builder.embedding;
        this.model = builder.embedding.description();
        this.folder = builder.folder;
        this.index = LiveIndex.open(builder.folder, model);
    }

    /**
     * Makes the store in a folder, which is begun where it is missing or empty.
     *
     * @param embedding whose vectors it keeps
     */
    public static Builder builder(Path folder, ChiaroEmbeddingModel embedding) {
        return new Builder(folder, embedding);
    }

    /** How the store is made; observations and batches are said as of all stores of Spring AI. */
    public static final class Builder extends AbstractVectorStoreBuilder<Builder> {

        private final Path folder;
        private final ChiaroEmbeddingModel embedding;

        private Builder(Path folder, ChiaroEmbeddingModel embedding) {
            super(embedding);
            this.folder = folder;
            this.embedding = embedding;
            // The embedder makes its own batches; those of Spring AI count the tokens of other models.
            batchingStrategy(List::of);
        }

        /**
         * Opens the store.
         *
         * @throws ChiaroException if another model filled the folder, or it holds something else or cannot be written
         */
        @Override
        public ChiaroVectorStore build() {
            return new ChiaroVectorStore(this);
        }
    }

    @Override
    public void doAdd(List<org.springframework.ai.document.Document> documents) {
        List<Document> kept = new ArrayList<>();
        for (org.springframework.ai.document.Document document : documents) {
            kept.add(new Document(
                    document.getId(),
                    "",
                    ChiaroEmbeddingModel.text(document),
                    IndexMetadata.of("document " + document.getId(), document.getMetadata())));
        }
        List<float[]> vectors =
                embedding.embed(documents, EmbeddingOptions.builder().build(), batchingStrategy);
        index.write(kept, vectors.toArray(float[][]::new), model);
    }

    @Override
    public void doDelete(List<String> ids) {
        index.delete(new LinkedHashSet<>(ids), model);
    }

    @Override
    protected void doDelete(Expression expression) {
        Filter filter = ExpressionFilter.of(expression);
        try (TextIndex now = index.snapshot()) {
            if (now.description().documents() > 0) {
                index.delete(filter, model);
            }
        }
    }

    @Override
    public List<org.springframework.ai.document.Document> doSimilaritySearch(SearchRequest request) {
        Filter filter = request.getFilterExpression() == null
                ? Filter.EVERYTHING
                : ExpressionFilter.of(request.getFilterExpression());
        try (TextIndex now = index.snapshot()) {
            if (now.description().documents() == 0 || request.getTopK() == 0) {
                return List.of();
            }
            try (TextIndex allowed = now.meeting(filter)) {
                double threshold = request.getSimilarityThreshold();
                return allowed.search(embedding.query(request.getQuery()), request.getTopK()).stream()
                        .filter(hit ->
                                threshold == SearchRequest.SIMILARITY_THRESHOLD_ACCEPT_ALL || hit.score() >= threshold)
                        .map(ChiaroVectorStore::document)
                        .toList();
            }
        }
    }

    private static org.springframework.ai.document.Document document(TextHit hit) {
        return org.springframework.ai.document.Document.builder()
                .id(hit.id())
                .text(hit.text())
                .metadata(hit.metadata().plain())
                .score((double) hit.score())
                .build();
    }

    @Override
    public VectorStoreObservationContext.Builder createObservationContextBuilder(String operation) {
        return VectorStoreObservationContext.builder("chiaro", operation)
                .collectionName(folder.toString())
                .dimensions(model.dimension())
                .similarityMetric("cosine");
    }

    @Override
    public void close() {
        index.close();
    }
}
