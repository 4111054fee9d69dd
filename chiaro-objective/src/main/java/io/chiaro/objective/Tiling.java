package io.chiaro.objective;

/**
 * How scores are cut into tiles. Values and gradients do not depend on it beyond rounding; memory does.
 *
 * @param rows anchors of a tile
 * @param columns candidates of a tile
 * @param keptCells scores of a strip of tiles are kept for the second pass if there are at most so many, else made again
 */
public record Tiling(int rows, int columns, long keptCells) {

    public Tiling {
        if (rows < 1 || columns < 1 || (long) rows * columns > Integer.MAX_VALUE || keptCells < 0) {
            throw new IllegalArgumentException(
                    "Tiling: needs between 1 and 2^31 - 1 cells, but found " + rows + " x " + columns);
        }
    }

    /** 512 anchors by 8192 candidates; 16 MB of kept scores. */
    public static Tiling defaults() {
        return new Tiling(512, 8192, 1L << 22);
    }
}
