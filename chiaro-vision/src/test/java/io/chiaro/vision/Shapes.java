package io.chiaro.vision;

import io.chiaro.core.RandomStream;
import java.awt.Color;
import java.util.List;

/** Pictures that tests draw: a small figure of any kind, place and brightness on a grey ground; its hue is its class. */
final class Shapes {

    static final List<String> NAMES = List.of("red", "yellow", "green", "cyan", "blue", "magenta");

    private static final int SIDE = 16;
    private static final int FIGURE = 6;

    private Shapes() {}

    /** {@code count} pictures of 16 x 16 x 3, as many of each class as the others, in turn. */
    static Pictures draw(int count, long seed) {
        PictureSize size = new PictureSize(SIDE, SIDE, 3);
        byte[][] pixels = new byte[count][size.numbers()];
        int[] labels = new int[count];
        for (int i = 0; i < count; i++) {
            RandomStream random = RandomStream.of(seed, "shape", i);
            labels[i] = i % NAMES.size();
            int kind = random.nextInt(3);
            int top = random.nextInt(SIDE - FIGURE + 1);
            int left = random.nextInt(SIDE - FIGURE + 1);
            int ground = random.nextInt(200);
            float hue = (labels[i] + 0.3f * (random.nextFloat() - 0.5f)) / NAMES.size();
            int colour = Color.HSBtoRGB(hue, 0.6f + 0.4f * random.nextFloat(), 0.3f + 0.6f * random.nextFloat());
            for (int y = 0; y < SIDE; y++) {
                for (int x = 0; x < SIDE; x++) {
                    boolean on = shown(kind, y - top, x - left);
                    int noise = random.nextInt(20);
                    for (int c = 0; c < 3; c++) {
                        int value = on ? colour >> (16 - 8 * c) & 0xFF : ground;
                        pixels[i][(y * SIDE + x) * 3 + c] = (byte) Math.min(255, value + noise);
                    }
                }
            }
        }
        return Pictures.of(size, pixels, labels, NAMES, "shapes of seed " + seed);
    }

    private static boolean shown(int kind, int y, int x) {
        boolean inside = y >= 0 && y < FIGURE && x >= 0 && x < FIGURE;
        return inside
                && switch (kind) {
                    case 0 -> true;
                    case 1 -> y / 2 == 1 || x / 2 == 1;
                    default -> y % 2 == 0;
                };
    }
}
