package io.chiaro.vision;

import io.chiaro.core.RandomStream;
import java.util.Arrays;

/**
 * A square whose centre is any pixel becomes grey, as far as it lies in the picture (DeVries and Taylor, 2017, section 3.2).
 *
 * @param side of the square as a share of the picture's shorter side, in (0, 1]
 * @param fill what stands there then, in [0, 1]
 */
public record Cutout(double side, double fill) implements Augmentation {

    public Cutout {
        Ranges.require(side > 0 && side <= 1, "Cutout", "a side in (0, 1]", side);
        Ranges.requireShare("Cutout", fill);
    }

    @Override
    public void apply(PictureBuffer picture, RandomStream random) {
        PictureSize size = picture.size();
        int length = Math.max(1, (int) Math.round(side * Math.min(size.height(), size.width())));
        int top = random.nextInt(size.height()) - length / 2;
        int left = random.nextInt(size.width()) - length / 2;
        int first = Math.max(0, left);
        int last = Math.min(size.width(), left + length);
        for (int y = Math.max(0, top); y < Math.min(size.height(), top + length); y++) {
            int row = y * size.width();
            Arrays.fill(
                    picture.pixels(), (row + first) * size.channels(), (row + last) * size.channels(), (float) fill);
        }
    }
}
