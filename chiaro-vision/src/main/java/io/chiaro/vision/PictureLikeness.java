package io.chiaro.vision;

import io.chiaro.data.Reduction;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * How much two pictures are alike, of their grey values alone (the luma of ITU-R BT.601). Nothing is trained, so a set can be reduced by
 * it before anything is learned.
 */
public enum PictureLikeness {
    /**
     * Minus the number of differing bits of average hashes: of the picture in 8 x 8 pixels, a bit says whether a pixel is brighter
     * than their mean (Krawetz, "Looks Like It", 2011).
     */
    AVERAGE_HASH(-2) {
        @Override
        public Reduction.Likeness of(Pictures pictures) {
            return ofHashes(hashes(pictures, SIDE, PictureLikeness::average));
        }
    },
    /**
     * Minus the number of differing bits of difference hashes: of the picture in 8 x 9 pixels, a bit says whether a pixel is darker
     * than the next in its row (Krawetz, "Kind of Like That", 2013).
     */
    DIFFERENCE_HASH(-4) {
        @Override
        public Reduction.Likeness of(Pictures pictures) {
            return ofHashes(hashes(pictures, SIDE + 1, PictureLikeness::difference));
        }
    },
    /**
     * Normalised mutual information {@code 2 I(X; Y) / (H(X) + H(Y))} of the grey values of equal places, in 16 steps (Strehl and Ghosh,
     * 2002, with the arithmetic mean); 1 for two pictures of one grey each.
     */
    MUTUAL_INFORMATION(0.7) {
        @Override
        public Reduction.Likeness of(Pictures pictures) {
            byte[][] greys = greys(pictures);
            return (item, earlier) -> mutualInformation(greys[item], greys[earlier]);
        }
    },
    /**
     * Structural similarity (Wang et al., "Image Quality Assessment: From Error Visibility to Structural Similarity", 2004, eq. 13), the
     * mean over windows of 8 x 8 pixels at every fourth place, which all weigh the same in a window.
     */
    STRUCTURAL_SIMILARITY(0.9) {
        @Override
        public Reduction.Likeness of(Pictures pictures) {
            byte[][] greys = greys(pictures);
            return (item, earlier) -> structure(greys[item], greys[earlier], pictures.size());
        }
    };

    private static final int SIDE = 8;
    private static final int STEPS = 16;
    private static final int LEVELS = 256;
    private static final double STEADY_MEAN = Math.pow(0.01 * 255, 2);
    private static final double STEADY_VARIANCE = Math.pow(0.03 * 255, 2);

    private final double usual;

    PictureLikeness(double usual) {
        this.usual = usual;
    }

    /** From which value on two pictures are alike, unless told. */
    public double threshold() {
        return usual;
    }

    /** The likeness of the pictures of a set; from any thread. */
    public abstract Reduction.Likeness of(Pictures pictures);

    /** The Shannon entropy of each picture's grey values, in bits, from 0 to 8: how much a picture shows. */
    public static double[] entropies(Pictures pictures) {
        return Arrays.stream(greys(pictures))
                .mapToDouble(grey -> {
                    int[] counts = new int[LEVELS];
                    for (byte value : grey) {
                        counts[value & 0xFF]++;
                    }
                    return entropy(counts, grey.length) / Math.log(2);
                })
                .toArray();
    }

    /** How a hash is read from grey pixels. */
    private interface Bits {
        long of(byte[] grey);
    }

    private static Reduction.Likeness ofHashes(long[] hashes) {
        return (item, earlier) -> -Long.bitCount(hashes[item] ^ hashes[earlier]);
    }

    private static long[] hashes(Pictures pictures, int width, Bits bits) {
        PictureSize grey =
                new PictureSize(pictures.size().height(), pictures.size().width(), 1);
        Resize resize = new Resize(SIDE, width);
        return Arrays.stream(greys(pictures))
                .parallel()
                .mapToLong(pixels -> bits.of(resize.apply(pixels, grey)))
                .toArray();
    }

    private static long average(byte[] grey) {
        double mean = IntStream.range(0, grey.length)
                .map(i -> grey[i] & 0xFF)
                .average()
                .orElse(0);
        long hash = 0;
        for (byte value : grey) {
            hash = hash << 1 | ((value & 0xFF) > mean ? 1 : 0);
        }
        return hash;
    }

    private static long difference(byte[] grey) {
        long hash = 0;
        for (int y = 0; y < SIDE; y++) {
            for (int x = 0; x < SIDE; x++) {
                int at = y * (SIDE + 1) + x;
                hash = hash << 1 | ((grey[at] & 0xFF) < (grey[at + 1] & 0xFF) ? 1 : 0);
            }
        }
        return hash;
    }

    private static byte[][] greys(Pictures pictures) {
        return IntStream.range(0, pictures.count())
                .parallel()
                .mapToObj(i -> grey(pictures.pixels(i), pictures.size()))
                .toArray(byte[][]::new);
    }

    private static byte[] grey(byte[] pixels, PictureSize size) {
        if (size.channels() == 1) {
            return pixels;
        }
        byte[] grey = new byte[Math.toIntExact(size.area())];
        for (int i = 0; i < grey.length; i++) {
            grey[i] = (byte) Math.round(0.299 * (pixels[3 * i] & 0xFF)
                    + 0.587 * (pixels[3 * i + 1] & 0xFF)
                    + 0.114 * (pixels[3 * i + 2] & 0xFF));
        }
        return grey;
    }

    private static double mutualInformation(byte[] a, byte[] b) {
        int[] first = new int[STEPS];
        int[] second = new int[STEPS];
        int[] joint = new int[STEPS * STEPS];
        for (int i = 0; i < a.length; i++) {
            int x = (a[i] & 0xFF) * STEPS / LEVELS;
            int y = (b[i] & 0xFF) * STEPS / LEVELS;
            first[x]++;
            second[y]++;
            joint[x * STEPS + y]++;
        }
        double both = entropy(first, a.length) + entropy(second, a.length);
        return both == 0 ? 1 : 2 * (both - entropy(joint, a.length)) / both;
    }

    private static double entropy(int[] counts, int sum) {
        double entropy = 0;
        for (int count : counts) {
            if (count > 0) {
                double share = (double) count / sum;
                entropy -= share * Math.log(share);
            }
        }
        return entropy;
    }

    private static double structure(byte[] a, byte[] b, PictureSize size) {
        int side = Math.min(SIDE, Math.min(size.height(), size.width()));
        int step = Math.max(1, side / 2);
        double sum = 0;
        int windows = 0;
        for (int top = 0; top + side <= size.height(); top += step) {
            for (int left = 0; left + side <= size.width(); left += step) {
                sum += window(a, b, top * size.width() + left, size.width(), side);
                windows++;
            }
        }
        return sum / windows;
    }

    private static double window(byte[] a, byte[] b, int at, int width, int side) {
        double meanA = 0;
        double meanB = 0;
        double squareA = 0;
        double squareB = 0;
        double product = 0;
        for (int y = 0; y < side; y++) {
            for (int x = 0; x < side; x++) {
                int first = a[at + y * width + x] & 0xFF;
                int second = b[at + y * width + x] & 0xFF;
                meanA += first;
                meanB += second;
                squareA += first * first;
                squareB += second * second;
                product += first * second;
            }
        }
        int n = side * side;
        meanA /= n;
        meanB /= n;
        double varianceA = squareA / n - meanA * meanA;
        double varianceB = squareB / n - meanB * meanB;
        double covariance = product / n - meanA * meanB;
        return (2 * meanA * meanB + STEADY_MEAN)
                * (2 * covariance + STEADY_VARIANCE)
                / ((meanA * meanA + meanB * meanB + STEADY_MEAN) * (varianceA + varianceB + STEADY_VARIANCE));
    }
}
