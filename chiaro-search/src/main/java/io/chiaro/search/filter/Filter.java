package io.chiaro.search.filter;

import io.chiaro.core.JsonObject;
import java.util.List;

/**
 * A condition on the metadata of documents. Values are compared as they are written (see
 * {@link io.chiaro.model.MetadataValue#words}): the number 7 equals the text "7". A document whose metadata lack the name
 * meets no condition on it but a {@link Not}. Immutable.
 */
public sealed interface Filter {

    /** Most values and bounds that are read in one filter. */
    int MOST_VALUES = 1024;

    /** Most levels of filters in filters that are read. */
    int MOST_LEVELS = 16;

    /** What every document meets. */
    Filter EVERYTHING = new And(List.of());

    /** Calls the visitor's method for this kind of filter. */
    <R> R accept(Visitor<R> visitor);

    /** Does something else for each kind of filter. */
    interface Visitor<R> {
        /** One of several values. */
        R oneOf(OneOf filter);

        /** Numbers between two. */
        R range(Range filter);

        /** All of several filters. */
        R and(And filter);

        /** One of several filters at least. */
        R or(Or filter);

        /** What another filter leaves out. */
        R not(Not filter);
    }

    /** The value, or one value of a list, is this one. */
    static Filter equal(String name, String value) {
        return new OneOf(name, List.of(value));
    }

    /** Both filters; what says nothing is left out. */
    default Filter and(Filter other) {
        return equals(EVERYTHING) ? other : other.equals(EVERYTHING) ? this : new And(List.of(this, other));
    }

    /**
     * Reads a filter: {@code {"field": NAME, "equal": VALUE}}, {@code {"field": NAME, "one_of": [VALUE, ...]}}, {@code
     * {"field": NAME, "at_least" | "above" | "at_most" | "below": NUMBER}} with one or two bounds, {@code {"and": [FILTER,
     * ...]}}, {@code {"or": [FILTER, ...]}}, {@code {"not": FILTER}}.
     *
     * @throws io.chiaro.core.ChiaroException if it is none of these, nested too deeply or too long
     */
    static Filter from(JsonObject object) {
        return new FilterJson().read(object, 0);
    }

    /**
     * Reads conditions with commas between them, all of which must hold: {@code year>=2020,topic=birds|cats,draft!=true}. The
     * operators are {@code =}, {@code !=}, {@code >=}, {@code >}, {@code <=}, {@code <}; a bar stands between values of which
     * one is enough. What begins with a brace is read as JSON.
     *
     * @param where begins every error, for example the name of an option
     * @throws io.chiaro.core.ChiaroException if it cannot be read
     */
    static Filter parse(String where, String text) {
        return FilterText.read(where, text);
    }

    /** The value, or one value of a list, is one of these. */
    record OneOf(String name, List<String> values) implements Filter {
        public OneOf {
            values = List.copyOf(values);
        }

        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.oneOf(this);
        }
    }

    /** The number is at least {@code least} and at most {@code most}; either may be infinite. */
    record Range(String name, double least, double most) implements Filter {
        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.range(this);
        }
    }

    /** All hold; with none of them, everything meets it. */
    record And(List<Filter> filters) implements Filter {
        public And {
            filters = List.copyOf(filters);
        }

        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.and(this);
        }
    }

    /** One holds at least. */
    record Or(List<Filter> filters) implements Filter {
        public Or {
            filters = List.copyOf(filters);
        }

        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.or(this);
        }
    }

    /** It does not hold. */
    record Not(Filter filter) implements Filter {
        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.not(this);
        }
    }
}
