package io.chiaro.data;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.stream.IntStream;

/**
 * What is left of a set without the items that say again what an earlier one said (as in Wolf et al., "Less is More: Selective
 * Reduction of CT Data for Self-Supervised Pre-Training of Deep Learning Models with Contrastive Learning Improves Downstream
 * Classification Performance", 2024, section 2.2): items come in their order, and one that is as like a kept item as the threshold
 * is dropped. The same for any number of threads.
 *
 * @param kept the items that stay, ascending
 * @param drops the others, in their order
 */
@SuppressWarnings("ArrayRecordComponent")
public record Reduction(int[] kept, List<Drop> drops) {

    /**
     * An item that was dropped.
     *
     * @param item which
     * @param like the kept item that it is like; -1 where it was dropped for what it is alone
     * @param measure how much they are alike, or what it was dropped for
     */
    public record Drop(int item, int like, double measure) {}

    /** How much two items are alike; from any thread. */
    public interface Likeness {

        /** The larger, the more. */
        double of(int item, int earlier);
    }

    public Reduction {
        drops = List.copyOf(drops);
    }

    /**
     * Drops what is alike to an earlier item that was kept.
     *
     * @param count of items
     * @param window how many of the items kept last are compared with; 0 for all
     * @param threshold from which on two are alike
     */
    public static Reduction ofAlike(int count, int window, Likeness likeness, double threshold) {
        if (count < 0 || window < 0) {
            throw new IllegalArgumentException(
                    "Reduction: expected a count and a window of at least 0, but found " + count + " and " + window);
        }
        int[] kept = new int[count];
        int size = 0;
        List<Drop> drops = new ArrayList<>();
        for (int item = 0; item < count; item++) {
            int own = item;
            int from = window == 0 ? 0 : Math.max(0, size - window);
            OptionalInt found = IntStream.range(from, size)
                    .parallel()
                    .filter(k -> likeness.of(own, kept[k]) >= threshold)
                    .findFirst();
            if (found.isPresent()) {
                int like = kept[found.getAsInt()];
                drops.add(new Drop(item, like, likeness.of(item, like)));
            } else {
                kept[size++] = item;
            }
        }
        return new Reduction(Arrays.copyOf(kept, size), drops);
    }

    /**
     * Drops records whose texts all share so much wording with those of an earlier one that was kept, by {@link MinHash#shared}: the same
     * as {@link #ofAlike} gives, without comparing each with all.
     *
     * @param columns of as many texts each, at least one
     * @param window how many of the records kept last are compared with; 0 for all
     * @param threshold the share from which on two texts are alike
     * @param done is told of each record
     */
    public static Reduction ofSharedWording(List<MinHash> columns, int window, double threshold, Runnable done) {
        Likeness likeness = (item, earlier) -> columns.stream()
                .mapToDouble(column -> column.shared(item, earlier))
                .min()
                .orElseThrow();
        // What tells records apart best leaves the fewest to compare.
        MinHash telling = columns.stream()
                .max(Comparator.comparingLong(MinHash::different))
                .orElseThrow();
        int count = telling.count();
        int least = (int) Math.ceil(threshold * MinHash.HASHES);
        if (least < 1) {
            return ofAlike(count, window, likeness, threshold);
        }
        MinHashBands bands = MinHashBands.of(telling, least);
        int[] kept = new int[count];
        int size = 0;
        List<Drop> drops = new ArrayList<>();
        for (int item = 0; item < count; item++) {
            int own = item;
            int from = window == 0 || size <= window ? 0 : kept[size - window];
            int[] like = {Integer.MAX_VALUE};
            bands.suspects(item, earlier -> {
                if (earlier >= from && earlier < like[0] && likeness.of(own, earlier) >= threshold) {
                    like[0] = earlier;
                }
            });
            if (like[0] < Integer.MAX_VALUE) {
                drops.add(new Drop(item, like[0], likeness.of(item, like[0])));
            } else {
                bands.keep(item);
                kept[size++] = item;
            }
            done.run();
        }
        return new Reduction(Arrays.copyOf(kept, size), drops);
    }

    /** Drops the items whose number is below the least. */
    public static Reduction below(double[] numbers, double least) {
        List<Drop> drops = new ArrayList<>();
        for (int item = 0; item < numbers.length; item++) {
            if (numbers[item] < least) {
                drops.add(new Drop(item, -1, numbers[item]));
            }
        }
        return new Reduction(
                IntStream.range(0, numbers.length)
                        .filter(item -> numbers[item] >= least)
                        .toArray(),
                drops);
    }

    /** The cosine of rows [N][d]; a row of zeros is like nothing. */
    public static Likeness cosine(float[][] rows) {
        float[][] units = Arrays.stream(rows).parallel().map(Reduction::unit).toArray(float[][]::new);
        return (item, earlier) -> {
            double sum = 0;
            for (int k = 0; k < units[item].length; k++) {
                sum += units[item][k] * units[earlier][k];
            }
            return sum;
        };
    }

    private static float[] unit(float[] row) {
        double square = 0;
        for (float value : row) {
            square += (double) value * value;
        }
        float factor = (float) (square == 0 ? 0 : 1 / Math.sqrt(square));
        float[] unit = row.clone();
        for (int k = 0; k < unit.length; k++) {
            unit[k] *= factor;
        }
        return unit;
    }

    /** Drops texts that agree with an earlier one after NFKC, in lower case, with runs of white space as one blank. */
    public static Reduction ofEqualTexts(List<List<String>> texts) {
        Map<List<String>, Integer> first = new HashMap<>();
        List<Drop> drops = new ArrayList<>();
        int[] kept = new int[texts.size()];
        int size = 0;
        for (int item = 0; item < texts.size(); item++) {
            List<String> normalised =
                    texts.get(item).stream().map(TextIdentity::normalised).toList();
            Integer like = first.putIfAbsent(normalised, item);
            if (like == null) {
                kept[size++] = item;
            } else {
                drops.add(new Drop(item, like, 1));
            }
        }
        return new Reduction(Arrays.copyOf(kept, size), drops);
    }
}
