package io.chiaro.vision;

import io.chiaro.core.RandomStream;

/**
 * The picture turned about its centre, scaled and shifted a little, for digits and other figures that must not be mirrored. What
 * comes in from outside has the fill's number; between pixels numbers are bilinear.
 *
 * @param degrees turned uniformly in [-degrees, degrees]
 * @param shift shifted in each direction uniformly in [-shift, shift] of the side
 * @param scale enlarged by a factor uniform in [1 - scale, 1 + scale]
 * @param fill what is outside, in [0, 1]
 */
public record SmallMotion(double degrees, double shift, double scale, double fill) implements Augmentation {

    public SmallMotion {
        Ranges.require(degrees >= 0 && degrees <= 180, "SmallMotion", "degrees in [0, 180]", degrees);
        Ranges.requireShare("SmallMotion", shift);
        Ranges.require(scale >= 0 && scale < 1, "SmallMotion", "a scale in [0, 1)", scale);
        Ranges.requireShare("SmallMotion", fill);
    }

    @Override
    public void apply(PictureBuffer picture, RandomStream random) {
        PictureSize size = picture.size();
        double angle = Math.toRadians(degrees * (2 * random.nextDouble() - 1));
        double right = shift * size.width() * (2 * random.nextDouble() - 1);
        double down = shift * size.height() * (2 * random.nextDouble() - 1);
        double factor = 1 + scale * (2 * random.nextDouble() - 1);
        move(picture, angle, right, down, factor, (float) fill);
    }

    /** Turns by an angle, clockwise as pictures are seen, enlarges by a factor, then shifts. */
    static void move(PictureBuffer picture, double angle, double right, double down, double factor, float fill) {
        PictureSize size = picture.size();
        double cosine = StrictMath.cos(angle) / factor;
        double sine = StrictMath.sin(angle) / factor;
        double centreX = (size.width() - 1) / 2.0;
        double centreY = (size.height() - 1) / 2.0;
        float[] to = picture.spare();
        int out = 0;
        for (int y = 0; y < size.height(); y++) {
            for (int x = 0; x < size.width(); x++) {
                double dx = x - centreX - right;
                double dy = y - centreY - down;
                double fromX = centreX + cosine * dx + sine * dy;
                double fromY = centreY - sine * dx + cosine * dy;
                int left = (int) Math.floor(fromX);
                int top = (int) Math.floor(fromY);
                float across = (float) (fromX - left);
                float along = (float) (fromY - top);
                for (int c = 0; c < size.channels(); c++) {
                    float above = at(picture, top, left, c, fill) * (1 - across)
                            + at(picture, top, left + 1, c, fill) * across;
                    float below = at(picture, top + 1, left, c, fill) * (1 - across)
                            + at(picture, top + 1, left + 1, c, fill) * across;
                    to[out++] = above * (1 - along) + below * along;
                }
            }
        }
        picture.swap();
    }

    private static float at(PictureBuffer picture, int y, int x, int channel, float fill) {
        PictureSize size = picture.size();
        boolean inside = y >= 0 && y < size.height() && x >= 0 && x < size.width();
        return inside ? picture.pixels()[(y * size.width() + x) * size.channels() + channel] : fill;
    }
}
