package io.chiaro.search.filter;

import io.chiaro.core.JsonObject;
import io.chiaro.model.MetadataValue;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Reads a filter from JSON, with bounds on its size: it may come from anybody. One use, one thread. */
final class FilterJson {

    private static final Set<String> KEYS =
            Set.of("field", "equal", "one_of", "at_least", "above", "at_most", "below", "and", "or", "not");
    private static final List<String> BOUNDS = List.of("at_least", "above", "at_most", "below");

    private int conditions;

    Filter read(JsonObject object, int depth) {
        if (depth > Filter.MOST_LEVELS) {
            throw object.error(
                    "expected a filter of at most " + Filter.MOST_LEVELS + " levels, but found more. Make it simpler.");
        }
        object.refuseUnknownKeys(KEYS);
        if (object.has("field")) {
            return condition(object);
        }
        Set<String> keys = object.keys();
        if (keys.size() != 1) {
            throw object.error(
                    "expected a filter with \"field\", or with one of \"and\", \"or\" and \"not\" alone, but found the keys "
                            + keys + ".");
        }
        if (object.has("not")) {
            return new Filter.Not(read(object.object("not"), depth + 1));
        }
        String key = object.has("or") ? "or" : "and";
        List<Filter> filters = new ArrayList<>();
        for (JsonObject part : object.objects(key)) {
            filters.add(read(part, depth + 1));
        }
        if (filters.isEmpty()) {
            throw object.error("expected at least one filter at \"" + key + "\", but found none.");
        }
        return key.equals("or") ? new Filter.Or(filters) : new Filter.And(filters);
    }

    private Filter condition(JsonObject object) {
        String name = object.string("field");
        boolean ranged = BOUNDS.stream().anyMatch(object::has);
        int kinds = (object.has("equal") ? 1 : 0) + (object.has("one_of") ? 1 : 0) + (ranged ? 1 : 0);
        if (kinds != 1 || object.has("and") || object.has("or") || object.has("not")) {
            throw object.error("expected \"equal\", \"one_of\" or bounds (" + String.join(", ", BOUNDS)
                    + ") beside \"field\", but found the keys " + object.keys() + ".");
        }
        if (ranged) {
            count(object, 1);
            return range(object, name);
        }
        String key = object.has("equal") ? "equal" : "one_of";
        Object given = object.toMap().get(key);
        List<?> values = object.has("equal") && given != null
                ? List.of(given)
                : given instanceof List<?> list ? list : List.of();
        if (values.isEmpty()) {
            throw object.error("expected a list of at least one value at \"one_of\", but found none.");
        }
        count(object, values.size());
        return new Filter.OneOf(
                name, values.stream().map(value -> word(object, key, value)).toList());
    }

    private void count(JsonObject object, int more) {
        conditions += more;
        if (conditions > Filter.MOST_VALUES) {
            throw object.error(
                    "expected a filter of at most " + Filter.MOST_VALUES + " values, but found more. Make it simpler.");
        }
    }

    private static Filter range(JsonObject object, String name) {
        if ((object.has("at_least") && object.has("above")) || (object.has("at_most") && object.has("below"))) {
            throw object.error("expected one lower and one upper bound at most, but found two. Leave one out.");
        }
        double least = object.has("above")
                ? Math.nextUp(bound(object, "above"))
                : object.has("at_least") ? bound(object, "at_least") : Double.NEGATIVE_INFINITY;
        double most = object.has("below")
                ? Math.nextDown(bound(object, "below"))
                : object.has("at_most") ? bound(object, "at_most") : Double.POSITIVE_INFINITY;
        return new Filter.Range(name, least, most);
    }

    private static double bound(JsonObject object, String key) {
        double bound = object.number(key);
        if (Double.isNaN(bound)) {
            throw object.error("expected a number at \"" + key + "\", but found NaN.");
        }
        return bound;
    }

    private static String word(JsonObject object, String key, Object value) {
        if (value instanceof String text) {
            return text;
        }
        if (value instanceof Boolean truth) {
            return new MetadataValue.Truth(truth).words().get(0);
        }
        if (value instanceof Number number && MetadataValue.Figure.wouldLoseDigits(number)) {
            throw object.error("expected whole numbers up to 2^53 at \"" + key + "\", but found " + number
                    + ". Make it a string, which keeps all digits.");
        }
        if (value instanceof Number number && Double.isFinite(number.doubleValue())) {
            return new MetadataValue.Figure(number.doubleValue()).words().get(0);
        }
        throw object.error("expected strings, finite numbers, true or false as values, but found something else.");
    }
}
