package io.chiaro.data;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import io.chiaro.data.RowProblem.Reason;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** JSON lines: an object a line, blank lines passed over. */
final class JsonLinesReader implements RecordReader {

    /** Columns are the keys of so many rows, because a key may be absent from the first. */
    private static final int ROWS_FOR_COLUMNS = 100;

    // NaN is not JSON, but it is what careless writers write; reading it lets the error say "a NaN score".
    private static final JsonFactory FACTORY = JsonFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
            .build();

    private final LineReader lines;
    private final ArrayDeque<Row> ahead = new ArrayDeque<>();
    private final List<String> columns;

    JsonLinesReader(Path file) {
        lines = new LineReader(file);
        Set<String> keys = new LinkedHashSet<>();
        while (ahead.size() < ROWS_FOR_COLUMNS) {
            Row row = read();
            if (row == null) {
                break;
            }
            ahead.add(row);
            keys.addAll(row.values().keySet());
        }
        columns = List.copyOf(keys);
    }

    @Override
    public Path file() {
        return lines.file();
    }

    @Override
    public List<String> columns() {
        return columns;
    }

    @Override
    public @Nullable Row next() {
        return ahead.isEmpty() ? read() : ahead.poll();
    }

    private @Nullable Row read() {
        while (lines.next()) {
            String text = lines.text();
            if (text == null) {
                return Row.broken(lines.problem());
            }
            if (!text.isBlank()) {
                return parse(text);
            }
        }
        return null;
    }

    private Row parse(String text) {
        try (JsonParser parser = FACTORY.createParser(text)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                return broken(1, "a JSON object", "something else");
            }
            Map<String, Object> values = new LinkedHashMap<>();
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                String key = parser.currentName();
                parser.nextToken();
                Object value = value(parser);
                if (value != null) {
                    values.put(key, value);
                }
            }
            int column = parser.currentLocation().getColumnNr();
            if (parser.nextToken() != null) {
                return broken(column, "one JSON object", "more behind it");
            }
            return Row.of(lines.number(), values);
        } catch (JsonProcessingException failure) {
            int column =
                    failure.getLocation() == null ? 1 : failure.getLocation().getColumnNr();
            String found = failure.getOriginalMessage().lines().findFirst().orElse("broken JSON");
            return broken(column, "a JSON object", found);
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
    }

    private static @Nullable Object value(JsonParser parser) throws IOException {
        JsonToken token = parser.currentToken();
        if (token == JsonToken.START_ARRAY) {
            List<Object> list = new ArrayList<>();
            while (parser.nextToken() != JsonToken.END_ARRAY) {
                Object element = value(parser);
                list.add(element == null ? Row.Nested.VALUE : element);
            }
            return list;
        }
        if (token == JsonToken.START_OBJECT) {
            parser.skipChildren();
            return Row.Nested.VALUE;
        }
        return switch (token) {
            case VALUE_STRING -> parser.getText();
            case VALUE_NUMBER_INT ->
                parser.getNumberType() == JsonParser.NumberType.BIG_INTEGER
                        ? (Object) parser.getDoubleValue()
                        : (Object) parser.getLongValue();
            case VALUE_NUMBER_FLOAT -> parser.getDoubleValue();
            case VALUE_TRUE -> Boolean.TRUE;
            case VALUE_FALSE -> Boolean.FALSE;
            default -> null;
        };
    }

    private Row broken(int column, String expected, String found) {
        return Row.broken(new RowProblem(
                lines.number(),
                Reason.BROKEN_ROW,
                file().toAbsolutePath() + ", line " + lines.number() + ", column " + column + ": expected " + expected
                        + ", but found: " + found + ". Mend the line."));
    }

    @Override
    public void close() {
        lines.close();
    }
}
