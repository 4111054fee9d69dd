package io.chiaro.springai;

import io.chiaro.core.ChiaroException;
import io.chiaro.search.filter.Filter;
import java.util.List;
import org.springframework.ai.vectorstore.filter.Filter.Expression;
import org.springframework.ai.vectorstore.filter.Filter.Group;
import org.springframework.ai.vectorstore.filter.Filter.Key;
import org.springframework.ai.vectorstore.filter.Filter.Operand;
import org.springframework.ai.vectorstore.filter.Filter.Value;

/** A filter expression of Spring AI as an index takes it. What a document lacks is equal to nothing, and unequal to everything. */
final class ExpressionFilter {

    private static final double ENDLESS = Double.POSITIVE_INFINITY;

    private ExpressionFilter() {}

    /** @throws ChiaroException of kind USAGE for what the index cannot hold */
    static Filter of(Operand operand) {
        if (operand instanceof Group group) {
            return of(group.content());
        }
        if (!(operand instanceof Expression expression)) {
            throw refused("a condition", operand);
        }
        return switch (expression.type()) {
            case AND -> new Filter.And(List.of(of(expression.left()), of(expression.right())));
            case OR -> new Filter.Or(List.of(of(expression.left()), of(expression.right())));
            case NOT -> new Filter.Not(of(expression.left()));
            case EQ, IN -> oneOf(expression);
            case NE, NIN -> new Filter.Not(oneOf(expression));
            case GT -> new Filter.Range(name(expression), Math.nextUp(bound(expression)), ENDLESS);
            case GTE -> new Filter.Range(name(expression), bound(expression), ENDLESS);
            case LT -> new Filter.Range(name(expression), -ENDLESS, Math.nextDown(bound(expression)));
            case LTE -> new Filter.Range(name(expression), -ENDLESS, bound(expression));
            case ISNULL, ISNOTNULL -> throw refused("comparisons, membership, and, or, not", expression.type());
        };
    }

    private static Filter oneOf(Expression expression) {
        Object value = value(expression);
        List<?> values = value instanceof List<?> list ? list : List.of(value);
        return new Filter.OneOf(
                name(expression), values.stream().map(IndexMetadata::word).toList());
    }

    private static String name(Expression expression) {
        if (!(expression.left() instanceof Key key)) {
            throw refused("the name of metadata", expression.left());
        }
        String name = key.key();
        boolean quoted = name.length() > 1
                && (name.startsWith("\"") || name.startsWith("'"))
                && name.charAt(0) == name.charAt(name.length() - 1);
        return quoted ? name.substring(1, name.length() - 1) : name;
    }

    private static Object value(Expression expression) {
        if (!(expression.right() instanceof Value value)) {
            throw refused("a value", expression.right());
        }
        return value.value();
    }

    private static double bound(Expression expression) {
        if (!(value(expression) instanceof Number number)) {
            throw refused("a number, since texts have no order here", value(expression));
        }
        // By its decimal form, as the index keeps it: the float 0.1 is the number 0.1.
        return Double.parseDouble(number.toString());
    }

    private static ChiaroException refused(String expected, Object found) {
        return ChiaroException.usage(
                "filter: expected " + expected + ", but found " + found + ". Filter by something else.");
    }
}
