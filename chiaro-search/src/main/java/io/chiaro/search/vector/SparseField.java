package io.chiaro.search.vector;

import io.chiaro.core.ChiaroException;
import io.chiaro.model.SparseVector;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.lucene.document.FeatureField;
import org.apache.lucene.document.Field;
import org.apache.lucene.search.BooleanClause;
import org.apache.lucene.search.BooleanQuery;
import org.apache.lucene.search.BoostQuery;
import org.apache.lucene.search.Explanation;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.Query;

/**
 * The fields of a document that hold its sparse vector: each number is the frequency of a term that is named after its place, as Lucene's
 * {@link FeatureField} keeps it. A product is then a sum over the lists of the query's terms, of which Lucene skips what cannot be among the
 * best:
 *
 * <pre>score(q, d) = sum over places j of q_j r(d_j)</pre>
 *
 * <p>r(x) is the nearest number with 9 significant bits, {@link #rounded}: off by at most one part in 512. Numbers of documents keep their
 * order, where they do not become equal; those of queries are taken as they are.
 */
public final class SparseField {

    static final String NAME = "sparse";

    /** Lucene sums the frequencies of a document's terms in an int, some 33,000 for each number of a usual size. */
    private static final int MOST_NUMBERS = 60_000;

    /** The bits of a float that Lucene drops. */
    private static final int DROPPED = 15;

    /** Clauses beside the vector's, of a filter. */
    private static final int ROOM = 4096;

    private SparseField() {}

    /**
     * A number as the index keeps it.
     *
     * @param number above zero and finite
     */
    public static float rounded(float number) {
        int bits = Float.floatToIntBits(number);
        // Lucene cuts the last bits; half a step more makes of that the nearest.
        float nearest = Float.intBitsToFloat((bits + (1 << (DROPPED - 1))) >> DROPPED << DROPPED);
        return Float.isFinite(nearest) ? nearest : Float.intBitsToFloat(bits >> DROPPED << DROPPED);
    }

    /** The fields of a document with such a vector, which {@link #check} has passed. */
    public static List<Field> of(SparseVector vector) {
        List<Field> fields = new ArrayList<>(vector.size());
        for (int i = 0; i < vector.size(); i++) {
            float kept = rounded(vector.weights()[i]);
            // Lucene has no smaller numbers, which would add nothing to any score.
            if (kept >= Float.MIN_NORMAL) {
                fields.add(new FeatureField(NAME, term(vector.ids()[i]), kept));
            }
        }
        return fields;
    }

    /** Scores documents by their products with a vector that {@link #check} has passed; those without a place of it are not found. */
    public static Query query(SparseVector vector) {
        makeRoom(vector.size());
        BooleanQuery.Builder query = new BooleanQuery.Builder();
        for (int i = 0; i < vector.size(); i++) {
            if (vector.weights()[i] > 0) {
                query.add(
                        new BoostQuery(
                                FeatureField.newLinearQuery(NAME, term(vector.ids()[i]), 1), vector.weights()[i]),
                        BooleanClause.Occur.SHOULD);
            }
        }
        return query.build();
    }

    /**
     * The number of a document at a place of its vector, as the index keeps it; 0 where it has none.
     *
     * @param document its number in the searcher's index
     */
    public static float weight(IndexSearcher searcher, int place, int document) throws IOException {
        Explanation found = searcher.explain(FeatureField.newLinearQuery(NAME, term(place), 1), document);
        return found.isMatch() ? found.getValue().floatValue() : 0;
    }

    /** Lucene's limit of clauses is one number for the JVM, so it is only ever raised. */
    private static synchronized void makeRoom(int clauses) {
        IndexSearcher.setMaxClauseCount(Math.max(IndexSearcher.getMaxClauseCount(), clauses + ROOM));
    }

    private static String term(int place) {
        return Integer.toString(place);
    }

    /**
     * Refuses a vector that a sparse encoder should not have made.
     *
     * @param model begins the error
     * @param vocabulary how many places there are
     * @param what the vector is of
     */
    public static void check(String model, int vocabulary, String what, SparseVector vector) {
        if (vector.size() > MOST_NUMBERS) {
            throw ChiaroException.model(model + ": expected at most " + MOST_NUMBERS
                    + " weights that are not zero, but found " + vector.size() + " for " + what
                    + ". Train the model with more weight on FLOPS.");
        }
        int last = -1;
        for (int i = 0; i < vector.size(); i++) {
            int place = vector.ids()[i];
            if (place <= last || place >= vocabulary) {
                throw ChiaroException.model(model + ": expected rising ids of tokens below " + vocabulary
                        + ", but found " + place + " after " + last + " for " + what
                        + ". The description of the model is wrong.");
            }
            last = place;
            float weight = vector.weights()[i];
            if (!(weight >= 0) || !Float.isFinite(weight)) {
                throw ChiaroException.model(model + ": expected finite weights of at least 0, but found " + weight
                        + " for " + what + ". The weights are broken; train or export the model again.");
            }
        }
    }
}
