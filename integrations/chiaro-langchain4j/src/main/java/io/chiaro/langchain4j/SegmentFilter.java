package io.chiaro.langchain4j;

import dev.langchain4j.exception.UnsupportedFeatureException;
import dev.langchain4j.store.embedding.filter.comparison.IsEqualTo;
import dev.langchain4j.store.embedding.filter.comparison.IsGreaterThan;
import dev.langchain4j.store.embedding.filter.comparison.IsGreaterThanOrEqualTo;
import dev.langchain4j.store.embedding.filter.comparison.IsIn;
import dev.langchain4j.store.embedding.filter.comparison.IsLessThan;
import dev.langchain4j.store.embedding.filter.comparison.IsLessThanOrEqualTo;
import dev.langchain4j.store.embedding.filter.comparison.IsNotEqualTo;
import dev.langchain4j.store.embedding.filter.comparison.IsNotIn;
import dev.langchain4j.store.embedding.filter.logical.And;
import dev.langchain4j.store.embedding.filter.logical.Not;
import dev.langchain4j.store.embedding.filter.logical.Or;
import io.chiaro.search.filter.Filter;
import java.util.Collection;
import java.util.List;

/**
 * A filter of LangChain4j as an index takes it. The meaning is that of LangChain4j's own filters: what a document lacks is equal to
 * nothing, and unequal to everything.
 */
final class SegmentFilter {

    private static final double ENDLESS = Double.POSITIVE_INFINITY;

    private SegmentFilter() {}

    /** LangChain4j's filters know no visitor, so that each kind is asked for. */
    static Filter of(dev.langchain4j.store.embedding.filter.Filter filter) {
        if (filter instanceof And both) {
            return new Filter.And(List.of(of(both.left()), of(both.right())));
        }
        if (filter instanceof Or either) {
            return new Filter.Or(List.of(of(either.left()), of(either.right())));
        }
        if (filter instanceof Not not) {
            return new Filter.Not(of(not.expression()));
        }
        if (filter instanceof IsEqualTo equal) {
            return oneOf(equal.key(), List.of(equal.comparisonValue()));
        }
        if (filter instanceof IsNotEqualTo unequal) {
            return new Filter.Not(oneOf(unequal.key(), List.of(unequal.comparisonValue())));
        }
        if (filter instanceof IsIn in) {
            return oneOf(in.key(), in.comparisonValues());
        }
        if (filter instanceof IsNotIn notIn) {
            return new Filter.Not(oneOf(notIn.key(), notIn.comparisonValues()));
        }
        if (filter instanceof IsGreaterThan above) {
            return new Filter.Range(above.key(), Math.nextUp(bound(above.key(), above.comparisonValue())), ENDLESS);
        }
        if (filter instanceof IsGreaterThanOrEqualTo least) {
            return new Filter.Range(least.key(), bound(least.key(), least.comparisonValue()), ENDLESS);
        }
        if (filter instanceof IsLessThan below) {
            return new Filter.Range(below.key(), -ENDLESS, Math.nextDown(bound(below.key(), below.comparisonValue())));
        }
        if (filter instanceof IsLessThanOrEqualTo most) {
            return new Filter.Range(most.key(), -ENDLESS, bound(most.key(), most.comparisonValue()));
        }
        throw new UnsupportedFeatureException(
                "ChiaroEmbeddingStore: expected comparisons, membership, and, or, not, but found "
                        + filter.getClass().getSimpleName() + ". Filter by something else.");
    }

    private static Filter oneOf(String name, Collection<?> values) {
        return new Filter.OneOf(name, values.stream().map(SegmentMetadata::word).toList());
    }

    private static double bound(String name, Comparable<?> value) {
        if (value instanceof Number number) {
            // By its decimal form, as the index keeps it: the float 0.1 is the number 0.1.
            return Double.parseDouble(number.toString());
        }
        throw new UnsupportedFeatureException("ChiaroEmbeddingStore: expected a number to compare \"" + name
                + "\" with, but found a " + value.getClass().getSimpleName() + ". Only numbers have an order here.");
    }
}
