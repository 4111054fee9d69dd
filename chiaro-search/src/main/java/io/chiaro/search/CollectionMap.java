package io.chiaro.search;

import io.chiaro.core.AtomicFiles;
import io.chiaro.core.ChiaroException;
import io.chiaro.core.Json;
import io.chiaro.core.JsonObject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * A collection drawn in a plane, near documents near each other, as a file in the folder of its index. It shows the documents that
 * were there when it was made: {@link TextIndex#isOf} says whether the index has changed since, and writing an index anew takes
 * the map away.
 *
 * @param state of the index when the map was made
 * @param seed of the layout
 * @param documents that the index held; the map shows at most 30,000 of them, evenly over the index
 * @param ids of the documents shown
 * @param labels how each begins
 * @param x of each, from 0 to 65,535
 * @param y of each, from 0 to 65,535
 * @param fields of metadata by which documents can be told apart by colour
 */
public record CollectionMap(
        String state,
        long seed,
        int documents,
        List<String> ids,
        List<String> labels,
        List<Integer> x,
        List<Integer> y,
        List<Field> fields) {

    /** The greatest coordinate. */
    public static final int EXTENT = 65_535;

    private static final String FILE = "map.json";
    private static final int VERSION = 1;

    /**
     * Metadata of few values.
     *
     * @param name of the metadata
     * @param values that occur
     * @param codes for each document the place of its value in the list, -1 where it has none
     */
    public record Field(String name, List<String> values, List<Integer> codes) {
        public Field {
            values = List.copyOf(values);
            codes = List.copyOf(codes);
        }
    }

    public CollectionMap {
        ids = List.copyOf(ids);
        labels = List.copyOf(labels);
        x = List.copyOf(x);
        y = List.copyOf(y);
        fields = List.copyOf(fields);
    }

    /** The same without some of the documents that it shows. */
    public CollectionMap without(Set<String> gone) {
        if (gone.isEmpty()) {
            return this;
        }
        int[] kept = IntStream.range(0, ids.size())
                .filter(at -> !gone.contains(ids.get(at)))
                .toArray();
        return new CollectionMap(
                state,
                seed,
                documents,
                at(ids, kept),
                at(labels, kept),
                at(x, kept),
                at(y, kept),
                fields.stream()
                        .map(field -> new Field(field.name(), field.values(), at(field.codes(), kept)))
                        .toList());
    }

    private static <T> List<T> at(List<T> all, int[] places) {
        return Arrays.stream(places).mapToObj(all::get).toList();
    }

    /** The map as JSON shows it. */
    public Map<String, Object> plain() {
        Map<String, Object> plain = new LinkedHashMap<>();
        plain.put("version", VERSION);
        plain.put("state", state);
        plain.put("seed", seed);
        plain.put("documents", documents);
        plain.put("ids", ids);
        plain.put("labels", labels);
        plain.put("x", x);
        plain.put("y", y);
        plain.put("fields", fields);
        return plain;
    }

    /** Writes the map beside its index. */
    void write(Path folder) {
        AtomicFiles.write(folder.resolve(FILE), Json.line(plain()));
    }

    /** Time and size of the file, if there is one. */
    static Optional<String> stamp(Path folder) {
        Path file = folder.resolve(FILE);
        try {
            return exists(folder)
                    ? Optional.of(Files.getLastModifiedTime(file) + " " + Files.size(file))
                    : Optional.empty();
        } catch (IOException e) {
            throw IndexFolder.unreadable(folder, e);
        }
    }

    static boolean exists(Path folder) {
        return Files.isRegularFile(folder.resolve(FILE));
    }

    /**
     * The map of an index, if one was made.
     *
     * @throws ChiaroException of kind model if the file is not one
     */
    static Optional<CollectionMap> read(Path folder) {
        Path file = folder.resolve(FILE);
        if (!exists(folder)) {
            return Optional.empty();
        }
        String text;
        try {
            text = Files.readString(file, StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw IndexFolder.unreadable(folder, e);
        }
        JsonObject map = Json.parse(ChiaroException.Kind.MODEL, file.toString(), text);
        if (map.integer("version") != VERSION) {
            throw map.error("expected a map of version " + VERSION + ", but found " + map.integer("version")
                    + ". Make the map again.");
        }
        List<Field> fields = new ArrayList<>();
        for (JsonObject field : map.objects("fields")) {
            fields.add(new Field(field.string("name"), field.strings("values"), whole(field, "codes")));
        }
        return Optional.of(new CollectionMap(
                map.string("state"),
                map.longInteger("seed"),
                map.integer("documents"),
                map.strings("ids"),
                map.strings("labels"),
                whole(map, "x"),
                whole(map, "y"),
                fields));
    }

    private static List<Integer> whole(JsonObject object, String key) {
        return object.integers(key).stream().map(Math::toIntExact).toList();
    }

    /** Takes the map away: what it shows is gone. */
    static void remove(Path folder) throws IOException {
        Files.deleteIfExists(folder.resolve(FILE));
    }
}
