package io.chiaro.vision;

import io.chiaro.core.ChiaroException;
import io.chiaro.core.RandomStream;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Parts and changed copies of a set of pictures, for studies. Each is a function of the set and of a seed. Safe for any
 * thread.
 */
public final class PictureSubsets {

    private PictureSubsets() {}

    /** The first {@code first} pictures and the others, in their order. */
    public static List<Pictures> byPosition(Pictures pictures, int first) {
        requireCount(pictures, "the first part", first);
        return List.of(
                pictures.select(IntStream.range(0, first).toArray()),
                pictures.select(IntStream.range(first, pictures.count()).toArray()));
    }

    /** {@code first} pictures drawn by a seed and the others, both in the order of the set. */
    public static List<Pictures> bySeed(Pictures pictures, int first, long seed) {
        requireCount(pictures, "the first part", first);
        int[] order = RandomStream.of(seed, "split pictures").permutation(pictures.count());
        int[] one = Arrays.copyOf(order, first);
        int[] other = Arrays.copyOfRange(order, first, order.length);
        Arrays.sort(one);
        Arrays.sort(other);
        return List.of(pictures.select(one), pictures.select(other));
    }

    /**
     * As many pictures of each class, drawn by a seed, in the order of the set.
     *
     * @throws ChiaroException of kind data if a class has fewer
     */
    public static Pictures perClass(Pictures pictures, int each, long seed) {
        int[] keep = new int[classes(pictures)];
        Arrays.fill(keep, each);
        return thin(pictures, keep, seed);
    }

    /**
     * A long tail (Cui et al., 2019, section 5.1): of K classes, class k, from 0, keeps {@code largest * ratio^(k / (K - 1))}
     * pictures, rounded and at least one.
     *
     * @param largest pictures of class 0
     * @param ratio of the smallest class to the largest, in (0, 1]
     */
    public static Pictures longTailed(Pictures pictures, int largest, double ratio, long seed) {
        if (!(ratio > 0 && ratio <= 1)) {
            throw new IllegalArgumentException("longTailed: the ratio must be in (0, 1], but was " + ratio);
        }
        int classes = classes(pictures);
        int[] keep = new int[classes];
        for (int k = 0; k < classes; k++) {
            keep[k] = Math.max(1, (int) Math.round(largest * Math.pow(ratio, classes == 1 ? 0 : k / (classes - 1.0))));
        }
        return thin(pictures, keep, seed);
    }

    /**
     * A redundant set, as frames of a film are: the first pictures, each followed by copies whose numbers have noise added to
     * them.
     *
     * @param originals how many of the first pictures
     * @param copies of each, beside itself
     * @param deviation of the noise, for numbers from 0 to 255
     */
    public static Pictures repeated(Pictures pictures, int originals, int copies, double deviation, long seed) {
        requireCount(pictures, "the originals", originals);
        int[] which = IntStream.range(0, originals * (copies + 1))
                .map(i -> i / (copies + 1))
                .toArray();
        byte[][] pixels = IntStream.range(0, which.length)
                .parallel()
                .mapToObj(i -> {
                    byte[] copy = pictures.pixels(which[i]);
                    RandomStream random = RandomStream.of(seed, "copies of pictures", i);
                    for (int k = 0; k < copy.length && i % (copies + 1) > 0; k++) {
                        long noisy = Math.round((copy[k] & 0xFF) + deviation * random.nextGaussian());
                        copy[k] = (byte) Math.min(255, Math.max(0, noisy));
                    }
                    return copy;
                })
                .toArray(byte[][]::new);
        Pictures chosen = pictures.select(which);
        return Pictures.of(chosen.size(), pixels, chosen.labels(), chosen.labelNames(), chosen.source());
    }

    /**
     * Symmetric label noise: a share of the pictures, rounded to a whole number and drawn by a seed, get one of the other
     * labels, each of them equally likely.
     */
    public static Pictures noisyLabels(Pictures pictures, double share, long seed) {
        int classes = classes(pictures);
        if (!(share >= 0 && share <= 1) || classes < 2) {
            throw new IllegalArgumentException("noisyLabels: expected a share in [0, 1] and two classes, but found "
                    + share + " and " + classes + " classes");
        }
        int[] labels = pictures.labels();
        RandomStream random = RandomStream.of(seed, "label noise");
        int[] order = random.permutation(labels.length);
        int changed = (int) Math.round(share * labels.length);
        for (int i = 0; i < changed; i++) {
            int other = random.nextInt(classes - 1);
            labels[order[i]] = other >= labels[order[i]] ? other + 1 : other;
        }
        return pictures.withLabels(labels);
    }

    private static Pictures thin(Pictures pictures, int[] keep, long seed) {
        boolean[] kept = new boolean[pictures.count()];
        for (int k = 0; k < keep.length; k++) {
            int label = k;
            int[] members = IntStream.range(0, pictures.count())
                    .filter(i -> pictures.label(i) == label)
                    .toArray();
            if (members.length < keep[k]) {
                throw ChiaroException.data(pictures.source() + ": expected " + keep[k] + " pictures of the class \""
                        + pictures.labelNames().get(k) + "\", but found " + members.length + ". Ask for fewer.");
            }
            RandomStream.of(seed, "pictures of a class", k).shuffle(members);
            for (int i = 0; i < keep[k]; i++) {
                kept[members[i]] = true;
            }
        }
        return pictures.select(
                IntStream.range(0, kept.length).filter(i -> kept[i]).toArray());
    }

    private static int classes(Pictures pictures) {
        if (!pictures.labelled()) {
            throw ChiaroException.data(pictures.source()
                    + ": expected pictures with labels, but found none. Read them with their labels.");
        }
        return pictures.labelNames().size();
    }

    private static void requireCount(Pictures pictures, String what, int count) {
        if (count < 0 || count > pictures.count()) {
            throw ChiaroException.data(pictures.source() + ": expected at least " + count + " pictures for " + what
                    + ", but found " + pictures.count() + ". Ask for fewer.");
        }
    }
}
