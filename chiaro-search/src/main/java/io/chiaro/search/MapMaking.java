package io.chiaro.search;

import io.chiaro.model.MetadataValue;
import io.chiaro.search.map.Umap;
import io.chiaro.search.vector.Allowed;
import io.chiaro.search.vector.FullComparison;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.lucene.index.IndexReader;
import org.apache.lucene.index.StoredFields;

/** Draws the documents of a snapshot in a plane. */
final class MapMaking {

    static final int MOST_POINTS = 30_000;
    private static final int LONGEST_LABEL = 80;

    /** Nobody tells more colours apart. */
    private static final int MOST_COLOURS = 24;

    private static final int MOST_FIELDS = 8;

    private MapMaking() {}

    /**
     * Draws the allowed documents, or as many of them as a map may have.
     *
     * @param state of the index
     */
    static CollectionMap of(IndexReader reader, Allowed allowed, String state, long seed, int mostPoints)
            throws IOException {
        int[] documents = evenly(reader, allowed, mostPoints);
        float[][] vectors = new float[documents.length][];
        List<StoredText> texts = new ArrayList<>();
        StoredFields stored = reader.storedFields();
        for (int i = 0; i < documents.length; i++) {
            vectors[i] = FullComparison.vector(reader, documents[i]);
            StoredText text = IndexedDocument.stored(stored, documents[i]);
            // The label alone: whole texts of a collection may be larger than memory.
            texts.add(new StoredText(text.id(), text.title(), label(text.text()), text.metadata()));
        }
        double[][] places = Umap.layout(vectors, seed);
        return new CollectionMap(
                state,
                seed,
                reader.numDocs(),
                texts.stream().map(StoredText::id).toList(),
                texts.stream().map(StoredText::text).toList(),
                whole(places, 0),
                whole(places, 1),
                fields(texts));
    }

    private static int[] evenly(IndexReader reader, Allowed allowed, int most) {
        List<Integer> all = new ArrayList<>();
        for (int at = allowed.next(0); at < reader.maxDoc(); at = allowed.next(at + 1)) {
            all.add(at);
        }
        int shown = Math.min(most, all.size());
        int[] documents = new int[shown];
        for (int i = 0; i < shown; i++) {
            documents[i] = all.get((int) ((long) i * all.size() / shown));
        }
        return documents;
    }

    private static String label(String text) {
        String line = text.strip().split("\\R", 2)[0];
        return line.codePointCount(0, line.length()) <= LONGEST_LABEL
                ? line
                : line.substring(0, line.offsetByCodePoints(0, LONGEST_LABEL)) + "…";
    }

    /** Both directions in the same measure, the longer over the whole extent, the other in the middle. */
    private static List<Integer> whole(double[][] places, int axis) {
        double longest = 0;
        for (int a = 0; a < 2; a++) {
            longest = Math.max(longest, most(places, a) - least(places, a));
        }
        double scale = longest > 0 ? CollectionMap.EXTENT / longest : 0;
        double middle = (least(places, axis) + most(places, axis)) / 2;
        List<Integer> whole = new ArrayList<>(places.length);
        for (double[] place : places) {
            long at = Math.round((place[axis] - middle) * scale + CollectionMap.EXTENT / 2.0);
            whole.add((int) Math.max(0, Math.min(CollectionMap.EXTENT, at)));
        }
        return whole;
    }

    private static double least(double[][] places, int axis) {
        double least = Double.POSITIVE_INFINITY;
        for (double[] place : places) {
            least = Math.min(least, place[axis]);
        }
        return least;
    }

    private static double most(double[][] places, int axis) {
        double most = Double.NEGATIVE_INFINITY;
        for (double[] place : places) {
            most = Math.max(most, place[axis]);
        }
        return most;
    }

    /** The metadata that have from 2 to as many values as can be told apart, in the order of their names. */
    private static List<CollectionMap.Field> fields(List<StoredText> texts) {
        Map<String, Map<String, Integer>> values = new TreeMap<>();
        for (StoredText text : texts) {
            text.metadata().values().forEach((name, value) -> {
                if (value.words().size() == 1) {
                    Map<String, Integer> known = values.computeIfAbsent(name, key -> new LinkedHashMap<>());
                    // One more than the most says that they are too many; the rest need not be kept.
                    if (known.size() <= MOST_COLOURS) {
                        known.putIfAbsent(value.words().get(0), known.size());
                    }
                }
            });
        }
        List<CollectionMap.Field> fields = new ArrayList<>();
        values.forEach((name, known) -> {
            if (known.size() >= 2 && known.size() <= MOST_COLOURS && fields.size() < MOST_FIELDS) {
                fields.add(new CollectionMap.Field(name, List.copyOf(known.keySet()), codes(texts, name, known)));
            }
        });
        return fields;
    }

    private static List<Integer> codes(List<StoredText> texts, String name, Map<String, Integer> known) {
        List<Integer> codes = new ArrayList<>(texts.size());
        for (StoredText text : texts) {
            MetadataValue value = text.metadata().values().get(name);
            codes.add(
                    value == null || value.words().size() != 1
                            ? -1
                            : known.getOrDefault(value.words().get(0), -1));
        }
        return codes;
    }
}
