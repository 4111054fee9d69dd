package io.chiaro.cli.inspection;

import io.chiaro.core.ChiaroException;
import io.chiaro.core.RandomStream;
import io.chiaro.data.BadRows;
import io.chiaro.data.Example;
import io.chiaro.data.ExampleReader;
import io.chiaro.data.ExampleShape;
import io.chiaro.data.Roles;
import io.chiaro.model.Embedder;
import io.chiaro.model.TextRole;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Texts of a file, as they are looked at: bare, with labels, or in pairs that belong together. Of scored pairs those count
 * whose score is four fifths of the file's highest or more, of labelled pairs those with the label 1. A text that stands
 * twice in a column is taken once, so that nothing is a negative of itself.
 *
 * @param anchors the texts
 * @param positives what belongs to each, or empty
 * @param labels the class of each, or empty
 * @param usable how many rows of the file could have been taken
 * @param shape what the file holds, in words
 */
public record TextItems(List<String> anchors, List<String> positives, List<String> labels, long usable, String shape) {

    private static final double HIGH = 0.8;

    public TextItems {
        anchors = List.copyOf(anchors);
        positives = List.copyOf(positives);
        labels = List.copyOf(labels);
    }

    /**
     * A sample of a file, in its order.
     *
     * @param most rows that are taken
     * @param seed which ones
     */
    public static TextItems read(Path file, Roles roles, int most, long seed) {
        double least = least(file, roles);
        List<Example> kept = new ArrayList<>();
        Set<String> anchors = new HashSet<>();
        Set<String> positives = new HashSet<>();
        RandomStream random = RandomStream.of(seed, "inspect-texts");
        long usable = 0;
        ExampleShape shape;
        try (ExampleReader reader = ExampleReader.open(file, roles, BadRows.STOP)) {
            shape = reader.shape();
            for (Example example = reader.next(); example != null; example = reader.next()) {
                boolean pair = paired(shape);
                boolean fresh = !anchors.contains(example.texts().get(0))
                        && !(pair && positives.contains(example.texts().get(1)));
                if (!fresh || !belongs(example, shape, least)) {
                    continue;
                }
                anchors.add(example.texts().get(0));
                if (pair) {
                    positives.add(example.texts().get(1));
                }
                usable++;
                // Every usable row has the same chance, and the file is read once (Vitter's algorithm R).
                if (kept.size() < most) {
                    kept.add(example);
                } else {
                    long place = (long) (random.nextDouble() * usable);
                    if (place < most) {
                        kept.set((int) place, example);
                    }
                }
            }
        }
        if (kept.size() < 2) {
            throw ChiaroException.data(file.toAbsolutePath() + ": expected two different texts or more that "
                    + (paired(shape) ? "have something that belongs to them" : "can be embedded") + ", but found "
                    + kept.size() + " among its " + shape + ". Take more data.");
        }
        kept.sort(Comparator.comparingLong(Example::line));
        return new TextItems(
                kept.stream().map(example -> example.texts().get(0)).toList(),
                paired(shape)
                        ? kept.stream().map(example -> example.texts().get(1)).toList()
                        : List.of(),
                shape.kind() == ExampleShape.Kind.LABELLED_TEXTS
                        ? kept.stream()
                                .map(example -> String.valueOf(example.label()))
                                .toList()
                        : List.of(),
                usable,
                shape.toString());
    }

    private static boolean paired(ExampleShape shape) {
        return shape.texts() > 1;
    }

    private static boolean belongs(Example example, ExampleShape shape, double least) {
        return switch (shape.kind()) {
            case SCORED_PAIRS -> example.scores().get(0) >= least;
            case LABELLED_PAIRS -> "1".equals(example.label());
            case TEXTS, LABELLED_TEXTS, PAIRS, TRIPLETS, PAIRS_WITH_NEGATIVES, SCORED_NEGATIVES -> true;
        };
    }

    /** The score from which on a pair belongs together. */
    private static double least(Path file, Roles roles) {
        double highest = Double.NEGATIVE_INFINITY;
        try (ExampleReader reader = ExampleReader.open(file, roles, BadRows.STOP)) {
            if (reader.shape().kind() != ExampleShape.Kind.SCORED_PAIRS) {
                return highest;
            }
            for (Example example = reader.next(); example != null; example = reader.next()) {
                highest = Math.max(highest, example.scores().get(0));
            }
        }
        return HIGH * highest;
    }

    /** The labels as numbers, in alphabetic order. */
    public int[] classes() {
        Map<String, Integer> numbers = new TreeMap<>();
        labels.forEach(label -> numbers.put(label, 0));
        int next = 0;
        for (Map.Entry<String, Integer> entry : numbers.entrySet()) {
            entry.setValue(next++);
        }
        return labels.stream()
                .mapToInt(label -> numbers.getOrDefault(label, -1))
                .toArray();
    }

    /** The vectors of these texts: anchors as queries and positives as documents where there are pairs. */
    public EmbeddedItems embedded(Embedder embedder) {
        List<float[][]> views = new ArrayList<>();
        views.add(embedder.embed(anchors, role()));
        if (!positives.isEmpty()) {
            views.add(embedder.embed(positives, TextRole.DOCUMENT));
        }
        return labels.isEmpty()
                ? new EmbeddedItems(views, List.of(), List.of())
                : new EmbeddedItems(views, List.of(classes()), List.of("label"));
    }

    /** What the anchors are to a model. */
    public TextRole role() {
        return positives.isEmpty() ? TextRole.TEXT : TextRole.QUERY;
    }
}
