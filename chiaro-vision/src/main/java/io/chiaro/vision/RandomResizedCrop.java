package io.chiaro.vision;

import io.chiaro.core.RandomStream;

/**
 * A random part of the picture, enlarged to the picture's size (Szegedy et al., 2015, section 6): its area is a uniform share
 * of the whole, the logarithm of its aspect (width by height) is uniform. If ten draws do not fit into the picture, the largest
 * centred part of an allowed aspect is taken.
 *
 * <p>Enlarging is bilinear between the centres of pixels, the edge being repeated: the number of output row y comes from input
 * row {@code top + (y + 0.5) height' / height - 0.5}, and likewise for columns.
 *
 * @param leastArea smallest share of the area, in (0, 1]
 * @param mostArea largest share, in [leastArea, 1]
 * @param leastAspect smallest aspect, above 0
 * @param mostAspect largest aspect
 */
public record RandomResizedCrop(double leastArea, double mostArea, double leastAspect, double mostAspect)
        implements Augmentation {

    private static final int ATTEMPTS = 10;

    public RandomResizedCrop {
        Ranges.require(
                leastArea > 0 && leastArea <= mostArea && mostArea <= 1,
                "RandomResizedCrop",
                "areas with 0 < least <= most <= 1",
                leastArea + " and " + mostArea);
        Ranges.require(
                leastAspect > 0 && leastAspect <= mostAspect && mostAspect < Double.POSITIVE_INFINITY,
                "RandomResizedCrop",
                "aspects with 0 < least <= most",
                leastAspect + " and " + mostAspect);
    }

    /** Aspects from 3/4 to 4/3, and areas up to the whole. */
    public static RandomResizedCrop of(double leastArea) {
        return new RandomResizedCrop(leastArea, 1, 3 / 4.0, 4 / 3.0);
    }

    @Override
    public void apply(PictureBuffer picture, RandomStream random) {
        int height = picture.size().height();
        int width = picture.size().width();
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            double area = picture.size().area() * (leastArea + (mostArea - leastArea) * random.nextDouble());
            double aspect = StrictMath.exp(StrictMath.log(leastAspect)
                    + (StrictMath.log(mostAspect) - StrictMath.log(leastAspect)) * random.nextDouble());
            int cropWidth = (int) Math.round(Math.sqrt(area * aspect));
            int cropHeight = (int) Math.round(Math.sqrt(area / aspect));
            if (cropWidth >= 1 && cropWidth <= width && cropHeight >= 1 && cropHeight <= height) {
                int top = random.nextInt(height - cropHeight + 1);
                int left = random.nextInt(width - cropWidth + 1);
                crop(picture, top, left, cropHeight, cropWidth);
                return;
            }
        }
        double aspect = Math.min(Math.max((double) width / height, leastAspect), mostAspect);
        int cropWidth = Math.min(width, Math.max(1, (int) Math.round(height * aspect)));
        int cropHeight = Math.min(height, Math.max(1, (int) Math.round(width / aspect)));
        crop(picture, (height - cropHeight) / 2, (width - cropWidth) / 2, cropHeight, cropWidth);
    }

    /** Replaces the picture by the part at {@code (top, left)}, enlarged to the picture's size. */
    static void crop(PictureBuffer picture, int top, int left, int height, int width) {
        PictureSize size = picture.size();
        if (height == size.height() && width == size.width()) {
            return;
        }
        int channels = size.channels();
        int[] lefts = new int[size.width()];
        int[] rights = new int[size.width()];
        float[] shares = new float[size.width()];
        for (int x = 0; x < size.width(); x++) {
            double at = Math.max(0, (x + 0.5) * width / size.width() - 0.5);
            int first = (int) at;
            lefts[x] = (left + first) * channels;
            rights[x] = (left + Math.min(first + 1, width - 1)) * channels;
            shares[x] = (float) (at - first);
        }
        float[] from = picture.pixels();
        float[] to = picture.spare();
        int rowLength = size.width() * channels;
        int out = 0;
        for (int y = 0; y < size.height(); y++) {
            double at = Math.max(0, (y + 0.5) * height / size.height() - 0.5);
            int first = (int) at;
            float down = (float) (at - first);
            int upper = (top + first) * rowLength;
            int lower = (top + Math.min(first + 1, height - 1)) * rowLength;
            for (int x = 0; x < size.width(); x++) {
                float right = shares[x];
                for (int c = 0; c < channels; c++) {
                    float a = from[upper + lefts[x] + c];
                    float b = from[lower + lefts[x] + c];
                    float above = a + right * (from[upper + rights[x] + c] - a);
                    float below = b + right * (from[lower + rights[x] + c] - b);
                    to[out++] = above + down * (below - above);
                }
            }
        }
        picture.swap();
    }
}
