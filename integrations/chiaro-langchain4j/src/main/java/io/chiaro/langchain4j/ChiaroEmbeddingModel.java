package io.chiaro.langchain4j;

import dev.langchain4j.data.embedding.Embedding;
import dev.langchain4j.model.embedding.EmbeddingModel;
import dev.langchain4j.model.embedding.request.EmbeddingInput;
import dev.langchain4j.model.embedding.request.EmbeddingInputType;
import dev.langchain4j.model.embedding.request.EmbeddingParameter;
import dev.langchain4j.model.embedding.request.EmbeddingRequest;
import dev.langchain4j.model.embedding.request.EmbeddingRequestParameters;
import dev.langchain4j.model.embedding.response.EmbeddingResponse;
import dev.langchain4j.model.output.TokenUsage;
import io.chiaro.model.Embedder;
import io.chiaro.model.TextRole;
import io.chiaro.model.TokenEmbedder;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * An {@link Embedder} as an embedding model of LangChain4j. Vectors are those that the embedder gives, in the order of the texts.
 *
 * <p>A request that says whether its texts are queries or documents, as an {@code EmbeddingStoreIngestor} and an {@code
 * EmbeddingStoreContentRetriever} do when they are told the {@link EmbeddingInputType}, gets the prompt of the model for that. One
 * that says nothing gets the prompt of {@link #withRole}. Other parameters of a request, such as dimensions, are refused by
 * LangChain4j as unsupported.
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

    /** A model that takes texts of which nothing is said as texts on their own. */
    public static ChiaroEmbeddingModel of(Embedder embedder) {
        return new ChiaroEmbeddingModel(embedder, TextRole.TEXT);
    }

    /** The same with another role of the texts of which nothing is said. */
    public ChiaroEmbeddingModel withRole(TextRole other) {
        return new ChiaroEmbeddingModel(embedder, other);
    }

    @Override
    public EmbeddingResponse doEmbed(EmbeddingRequest request) {
        List<String> texts = request.inputs().stream().map(EmbeddingInput::text).toList();
        TextRole asked = roleOf(request.inputType());
        EmbeddingResponse.Builder response = EmbeddingResponse.builder().modelName(modelName());
        if (embedder instanceof TokenEmbedder counting) {
            List<int[]> tokens = counting.tokens(texts, asked);
            int count = tokens.stream().mapToInt(ids -> ids.length).sum();
            return response.embeddings(embeddings(counting.embedTokens(tokens)))
                    .tokenUsage(new TokenUsage(count))
                    .build();
        }
        return response.embeddings(embeddings(embedder.embed(texts, asked))).build();
    }

    private TextRole roleOf(@Nullable EmbeddingInputType type) {
        if (type == null) {
            return role;
        }
        return switch (type) {
            case QUERY -> TextRole.QUERY;
            case DOCUMENT -> TextRole.DOCUMENT;
        };
    }

    private static List<Embedding> embeddings(float[][] vectors) {
        return Arrays.stream(vectors).map(Embedding::from).toList();
    }

    @Override
    public Set<EmbeddingParameter<?>> supportedParameters() {
        return Set.of(EmbeddingRequestParameters.INPUT_TYPE);
    }

    @Override
    public int dimension() {
        return embedder.description().dimension();
    }

    @Override
    public String modelName() {
        return embedder.description().name();
    }
}
