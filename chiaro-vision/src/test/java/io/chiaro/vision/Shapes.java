package io.chiaro.vision;

import io.chiaro.core.RandomStream;
import java.util.List;

/** Pictures that tests draw: squares, crosses and stripes of any colour and place on a ground of any other. */
final class Shapes {

    static final List<String> NAMES = List.of("square", "cross", "stripes");

    private Shapes() {}

    /** {@code count} pictures of 16 x 16 x 3, as many of each class as the others, in turn. */
    static Pictures draw(int count, long seed) {
        PictureSize size = new PictureSize(16, 16, 3);
        byte[][] pixels = new byte[count][size.numbers()];
        int[] labels = new int[count];
        for (int i = 0; i < count; i++) {
            RandomStream random = RandomStream.of(seed, "shape", i);
            labels[i] = i % NAMES.size();
            int top = 1 + random.nextInt(5);
            int left = 1 + random.nextInt(5);
            // Figure and ground of any two colours that differ: vectors that see colours alone say nothing of the shape.
            int[] figure = {random.nextInt(216), random.nextInt(216), random.nextInt(216)};
            int[] ground = new int[3];
            for (int c = 0; c < 3; c++) {
                ground[c] = (figure[c] + 70 + random.nextInt(76)) % 216;
            }
            for (int y = 0; y < 16; y++) {
                for (int x = 0; x < 16; x++) {
                    boolean on = shown(labels[i], y - top, x - left);
                    for (int c = 0; c < 3; c++) {
                        pixels[i][(y * 16 + x) * 3 + c] = (byte) ((on ? figure : ground)[c] + random.nextInt(40));
                    }
                }
            }
        }
        return Pictures.of(size, pixels, labels, NAMES, "shapes of seed " + seed);
    }

    private static boolean shown(int label, int y, int x) {
        boolean inside = y >= 0 && y < 9 && x >= 0 && x < 9;
        return inside
                && switch (label) {
                    case 0 -> true;
                    case 1 -> y / 3 == 1 || x / 3 == 1;
                    default -> y % 3 == 0;
                };
    }
}
