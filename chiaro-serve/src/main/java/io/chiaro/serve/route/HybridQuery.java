package io.chiaro.serve.route;

import io.chiaro.core.JsonObject;
import io.chiaro.core.Names;
import io.chiaro.search.Fusion;
import io.chiaro.search.HybridRanker;
import io.chiaro.serve.http.HttpProblem;
import io.chiaro.serve.route.Schema.Field;
import java.util.List;
import java.util.OptionalDouble;

/**
 * What a request says of how words and vectors become one ranking.
 *
 * @param fusion of the two
 * @param vectorWeight from 0 to 1
 * @param sparseWeight from 0 to 1, if weights of tokens are the third
 */
record HybridQuery(Fusion fusion, double vectorWeight, OptionalDouble sparseWeight) {

    static final Field FUSION = Field.optional(
            "fusion",
            Schema.oneOf("scores", "ranks")
                    .says("How hybrid search makes one ranking of two; scores unless said otherwise"));

    static final Field VECTOR_WEIGHT = Field.optional(
            "vector_weight",
            Schema.number().says("In hybrid search, the share of the vectors, 0 to 1; 0.5 unless said otherwise"));

    static final Field SPARSE_WEIGHT = Field.optional(
            "sparse_weight",
            Schema.number()
                    .says("In hybrid search, asks the sparse encoder, too, and gives it this share, 0 to 1; vectors and"
                            + " words divide the rest"));

    /** A search by words takes time for each word, and the model's limit does not hold them. */
    static final int LONGEST_QUERY = 10_000;

    static HybridQuery of(Call call, JsonObject body) {
        String fusion = oneOf(call, body, "fusion", List.of("scores", "ranks"));
        double weight = share(call, body, "vector_weight", HybridRanker.EVEN);
        OptionalDouble sparse = body.has("sparse_weight")
                ? OptionalDouble.of(share(call, body, "sparse_weight", 0))
                : OptionalDouble.empty();
        return new HybridQuery(Fusion.named(fusion), weight, sparse);
    }

    /** A number from 0 to 1 at a key. */
    static double share(Call call, JsonObject body, String key, double unlessSaid) {
        double share = body.number(key, unlessSaid);
        if (!(share >= 0 && share <= 1)) {
            throw call.unprocessable("expected 0 to 1 at \"" + key + "\", but found " + share + ".");
        }
        return share;
    }

    /** The text of a query. */
    static String text(Call call, JsonObject body) {
        String query = body.string("query");
        if (query.length() > LONGEST_QUERY) {
            throw HttpProblem.of(
                    413,
                    "expected a query of at most " + LONGEST_QUERY + " characters, but found " + query.length() + ".");
        }
        if (query.isBlank()) {
            throw call.unprocessable("expected a text at \"query\", but found an empty one.");
        }
        return query;
    }

    /** The vector of a query. */
    float[] vector(Call call, ServedModel model, String query) {
        return model.embed(
                        call,
                        List.of(query),
                        model.queryPrompt(),
                        model.limits().truncates())[0];
    }

    /** The name at a key; the first of the valid ones if the key is not there. */
    static String oneOf(Call call, JsonObject body, String key, List<String> valid) {
        String name = body.string(key, valid.get(0));
        if (!valid.contains(name)) {
            throw call.unprocessable("expected a name that is known at \"" + key + "\". " + Names.hint(name, valid));
        }
        return name;
    }
}
