package io.chiaro.lucene;

import io.chiaro.core.ChiaroException;
import io.chiaro.model.Embedder;
import io.chiaro.model.ModelDescription;
import io.chiaro.model.TextRole;
import io.chiaro.model.TextVectors;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.lucene.document.FieldType;
import org.apache.lucene.document.KnnFloatVectorField;
import org.apache.lucene.index.FieldInfo;
import org.apache.lucene.index.IndexReader;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.VectorEncoding;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.search.KnnFloatVectorQuery;
import org.apache.lucene.search.Query;
import org.jspecify.annotations.Nullable;

/**
 * The field of a Lucene index that holds the vectors of a model: makes it for documents, and queries on it.
 *
 * <p>Vectors are brought to length one, so that Lucene's products are cosines. The field remembers the model in the attributes of
 * the index, through merges too: {@link #check} refuses an index that another model filled, or the same with other prompts.
 * Lucene's own codec takes at most 1024 dimensions; a model with more wants a codec that takes them.
 *
 * <p>As safe for threads as the embedder, which stays with the caller, who closes it.
 */
public final class EmbeddingField {

    private final String name;
    private final Embedder embedder;
    private final FieldType type;

    private EmbeddingField(String name, Embedder embedder, FieldType type) {
        this.name = name;
        this.embedder = embedder;
        this.type = type;
    }

    /** A field for the vectors of a model. */
    public static EmbeddingField of(String name, Embedder embedder) {
        ModelDescription model = embedder.description();
        FieldType type = new FieldType();
        type.setVectorAttributes(model.dimension(), VectorEncoding.FLOAT32, VectorSimilarityFunction.DOT_PRODUCT);
        memory(model).forEach(type::putAttribute);
        type.freeze();
        return new EmbeddingField(name, embedder, type);
    }

    private static Map<String, String> memory(ModelDescription model) {
        Map<String, String> memory = new TreeMap<>();
        memory.put("chiaro-model-name", model.name());
        memory.put("chiaro-model-hash", model.hash());
        memory.put("chiaro-prompt-query", model.prompts().query());
        memory.put("chiaro-prompt-document", model.prompts().document());
        return memory;
    }

    /** The field of a document with this text. */
    public KnnFloatVectorField field(String text) {
        return fields(List.of(text)).get(0);
    }

    /** The fields of documents with these texts, in their order; faster than one by one. */
    public List<KnnFloatVectorField> fields(List<String> texts) {
        return Arrays.stream(embedder.embed(texts, TextRole.DOCUMENT))
                .map(this::field)
                .toList();
    }

    /**
     * The field of a document whose vector is known.
     *
     * @throws ChiaroException of kind MODEL for another length, or for numbers that are not finite
     */
    public KnnFloatVectorField field(float[] vector) {
        return new KnnFloatVectorField(name, unit(vector), type);
    }

    /** The query for the k documents nearest to a text. */
    public Query query(String text, int k) {
        return query(text, k, null);
    }

    /** The query for the k documents nearest to a text among those that match a filter. */
    public Query query(String text, int k, @Nullable Query filter) {
        return query(embedder.embed(List.of(text), TextRole.QUERY)[0], k, filter);
    }

    /**
     * The query for the k documents nearest to a vector that is known, among those that match a filter if there is one.
     *
     * @throws ChiaroException of kind MODEL for another length, or for numbers that are not finite
     */
    public Query query(float[] vector, int k, @Nullable Query filter) {
        return new KnnFloatVectorQuery(name, unit(vector), k, filter);
    }

    /** The cosine behind Lucene's score of a hit of {@link #query}, which is (1 + cosine) / 2 so that none is negative. */
    public static float cosine(float score) {
        return 2 * score - 1;
    }

    private float[] unit(float[] vector) {
        int dimension = type.vectorDimension();
        if (vector.length != dimension) {
            throw ChiaroException.model("field " + name + ": expected a vector of " + dimension + " numbers, but found "
                    + vector.length + ". Embed it with the model of the field.");
        }
        double squares = 0;
        for (float value : vector) {
            squares += (double) value * value;
        }
        if (!Double.isFinite(squares) || squares == 0) {
            throw ChiaroException.model(
                    "field " + name + ": expected a vector of finite numbers that are not all 0, but"
                            + " found " + (squares == 0 ? "zeros" : "others")
                            + ". Leave the text out, or train or export the model again.");
        }
        float[] unit = vector.clone();
        TextVectors.normalize(unit);
        return unit;
    }

    /**
     * Refuses an index whose field is not of this model: call it when a reader is opened, and before an index is written on.
     *
     * @throws ChiaroException of kind MODEL if another model filled it, or nobody knows which
     */
    public void check(IndexReader reader) {
        for (LeafReaderContext leaf : reader.leaves()) {
            FieldInfo info = leaf.reader().getFieldInfos().fieldInfo(name);
            if (info != null) {
                check(info);
            }
        }
    }

    private void check(FieldInfo info) {
        if (info.getVectorDimension() != type.vectorDimension()
                || info.getVectorSimilarityFunction() != type.vectorSimilarityFunction()) {
            throw ChiaroException.model("field " + name + ": expected vectors of " + type.vectorDimension()
                    + " numbers compared by " + type.vectorSimilarityFunction() + ", but found "
                    + info.getVectorDimension() + " compared by " + info.getVectorSimilarityFunction()
                    + ". Use another field or write the index again.");
        }
        Map<String, String> memory = memory(embedder.description());
        memory.forEach((key, value) -> {
            String found = info.getAttribute(key);
            // The name is where the model lies, which may change.
            if (!key.equals("chiaro-model-name") && !value.equals(found)) {
                throw ChiaroException.model("field " + name + ": expected " + key + " \"" + value
                        + "\", but the index, filled by "
                        + (found == null ? "nobody knows whom" : info.getAttribute("chiaro-model-name")) + ", has "
                        + (found == null ? "none" : "\"" + found + "\"")
                        + ". Use that model or write the index again.");
            }
        });
    }
}
