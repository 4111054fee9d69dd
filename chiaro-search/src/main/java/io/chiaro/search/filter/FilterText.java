package io.chiaro.search.filter;

import io.chiaro.core.ChiaroException;
import io.chiaro.core.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads a filter from a line, as people type it. */
final class FilterText {

    private static final Pattern CONDITION = Pattern.compile("([\\p{L}\\p{N}_.-]+)\\s*(!=|>=|<=|=|>|<)(.*)");

    private FilterText() {}

    static Filter read(String where, String text) {
        if (text.strip().startsWith("{")) {
            return Filter.from(Json.parse(ChiaroException.Kind.USAGE, where, text));
        }
        List<Filter> filters = new ArrayList<>();
        for (String part : text.split(",", -1)) {
            filters.add(condition(where, part.strip()));
        }
        return filters.size() == 1 ? filters.get(0) : new Filter.And(filters);
    }

    private static Filter condition(String where, String text) {
        Matcher found = CONDITION.matcher(text);
        if (!found.matches()) {
            throw ChiaroException.usage(where
                    + ": expected conditions like year>=2020,topic=birds|cats,draft!=true, but" + " found \"" + text
                    + "\". A value with a comma can be written as JSON: {\"field\": ..., \"equal\": ...}.");
        }
        String name = found.group(1);
        String value = found.group(3).strip();
        return switch (found.group(2)) {
            case "=" -> values(name, value);
            case "!=" -> new Filter.Not(values(name, value));
            case ">=" -> new Filter.Range(name, number(where, text, value), Double.POSITIVE_INFINITY);
            case ">" -> new Filter.Range(name, Math.nextUp(number(where, text, value)), Double.POSITIVE_INFINITY);
            case "<=" -> new Filter.Range(name, Double.NEGATIVE_INFINITY, number(where, text, value));
            default -> new Filter.Range(name, Double.NEGATIVE_INFINITY, Math.nextDown(number(where, text, value)));
        };
    }

    private static Filter values(String name, String value) {
        return new Filter.OneOf(name, List.of(value.split("\\|", -1)));
    }

    private static double number(String where, String text, String value) {
        try {
            double number = Double.parseDouble(value);
            if (!Double.isNaN(number)) {
                return number;
            }
        } catch (NumberFormatException refusedBelow) {
            // said below
        }
        throw ChiaroException.usage(
                where + ": expected a number after <, <=, > or >=, but found \"" + text + "\". Write one.");
    }
}
