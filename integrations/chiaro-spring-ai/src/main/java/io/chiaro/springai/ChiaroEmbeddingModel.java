package io.chiaro.springai;

import io.chiaro.core.ChiaroException;
import io.chiaro.model.Embedder;
import io.chiaro.model.ModelDescription;
import io.chiaro.model.TextRole;
import io.chiaro.model.TokenEmbedder;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.ai.chat.metadata.DefaultUsage;
import org.springframework.ai.document.Document;
import org.springframework.ai.embedding.BatchingStrategy;
import org.springframework.ai.embedding.Embedding;
import org.springframework.ai.embedding.EmbeddingModel;
import org.springframework.ai.embedding.EmbeddingOptions;
import org.springframework.ai.embedding.EmbeddingRequest;
import org.springframework.ai.embedding.EmbeddingResponse;
import org.springframework.ai.embedding.EmbeddingResponseMetadata;

/**
 * An {@link Embedder} as an embedding model of Spring AI. Vectors are those that the embedder gives, in the order of the texts.
 *
 * <p>Spring AI has no word for what a text is, but its types tell: vector stores embed what they keep as {@code Document} and what
 * they are asked as {@code String}. So documents get the prompt of the model for documents, strings the one for queries, unless
 * {@link #withRole} or {@link ChiaroEmbeddingOptions} say otherwise. Of a document its text is embedded, not its metadata.
 *
 * <p>Responses count the true tokens, special ones and prompts included, if the embedder can ({@link TokenEmbedder}). As safe for
 * threads as the embedder, which stays with the caller, who closes it.
 */
public final class ChiaroEmbeddingModel implements EmbeddingModel {

    private final Embedder embedder;
    private final TextRole role;

    private ChiaroEmbeddingModel(Embedder embedder, TextRole role) {
        this.embedder = embedder;
        this.role = role;
    }

    /** A model that takes strings as queries. */
    public static ChiaroEmbeddingModel of(Embedder embedder) {
        return new ChiaroEmbeddingModel(embedder, TextRole.QUERY);
    }

    /** The same with another role of strings. */
    public ChiaroEmbeddingModel withRole(TextRole ofStrings) {
        return new ChiaroEmbeddingModel(embedder, ofStrings);
    }

    /**
     * The vectors of the texts of a request.
     *
     * @throws ChiaroException of kind USAGE if its options ask for another model or another dimension
     */
    @Override
    public EmbeddingResponse call(EmbeddingRequest request) {
        return respond(request.getInstructions(), asked(request.getOptions(), role));
    }

    /**
     * The vector of a document's text.
     *
     * @throws ChiaroException of kind DATA if it has none
     */
    @Override
    public float[] embed(Document document) {
        return embedder.embed(List.of(text(document)), TextRole.DOCUMENT)[0];
    }

    @Override
    public List<float[]> embed(List<Document> documents, EmbeddingOptions options, BatchingStrategy batching) {
        TextRole asked = asked(options, TextRole.DOCUMENT);
        List<float[]> vectors = new ArrayList<>();
        for (List<Document> batch : batching.batch(documents)) {
            List<String> texts = batch.stream().map(ChiaroEmbeddingModel::text).toList();
            vectors.addAll(List.of(embedder.embed(texts, asked)));
        }
        return vectors;
    }

    static String text(Document document) {
        String text = document.getText();
        if (text == null) {
            throw ChiaroException.data("document " + document.getId()
                    + ": expected a text, but found media. Embed media by a model of theirs.");
        }
        return text;
    }

    private TextRole asked(@Nullable EmbeddingOptions options, TextRole unlessSaid) {
        if (options == null) {
            return unlessSaid;
        }
        ModelDescription model = embedder.description();
        if (options.getModel() != null && !options.getModel().equals(model.name())) {
            throw ChiaroException.usage("options: expected the model " + model.name() + " or none, but found "
                    + options.getModel() + ". Open that one and ask it.");
        }
        if (options.getDimensions() != null && options.getDimensions() != model.dimension()) {
            throw ChiaroException.usage("options: expected the " + model.dimension() + " dimensions of " + model.name()
                    + " or none, but found " + options.getDimensions()
                    + ". Put a ShortenedEmbedder before the model.");
        }
        return options instanceof ChiaroEmbeddingOptions own ? own.role() : unlessSaid;
    }

    private EmbeddingResponse respond(List<String> texts, TextRole asked) {
        EmbeddingResponseMetadata metadata = new EmbeddingResponseMetadata();
        metadata.setModel(embedder.description().name());
        float[][] vectors;
        if (embedder instanceof TokenEmbedder counting) {
            List<int[]> tokens = counting.tokens(texts, asked);
            vectors = counting.embedTokens(tokens);
            metadata.setUsage(
                    new DefaultUsage(tokens.stream().mapToInt(ids -> ids.length).sum(), 0));
        } else {
            vectors = embedder.embed(texts, asked);
        }
        List<Embedding> embeddings = new ArrayList<>(vectors.length);
        for (int i = 0; i < vectors.length; i++) {
            embeddings.add(new Embedding(vectors[i], i));
        }
        return new EmbeddingResponse(embeddings, metadata);
    }

    /** Which model this is. */
    ModelDescription description() {
        return embedder.description();
    }

    /** The vector of a query, whatever role strings have. */
    float[] query(String text) {
        return embedder.embed(List.of(text), TextRole.QUERY)[0];
    }

    @Override
    public int dimensions() {
        return embedder.description().dimension();
    }
}
