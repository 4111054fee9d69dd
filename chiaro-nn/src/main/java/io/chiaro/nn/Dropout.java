package io.chiaro.nn;

import io.chiaro.core.RandomStream;
import io.chiaro.tensor.Grad;
import io.chiaro.tensor.Tensor;
import java.util.stream.IntStream;

/**
 * Dropout (Srivastava et al., 2014): each number is zero with probability p, else divided by 1 - p.
 *
 * <p>A mask is a function of its address (seed, step), of the item that it belongs to and of its number within the pass, not
 * of a generator's state. So a second pass over an item meets the same masks, which cached gradients need, and the result
 * depends neither on how a batch is cut into chunks nor on how many threads make the masks. The library's own dropout draws serially and would cost a fifth of a
 * training step.
 *
 * <p>Mutable (it counts the masks of one pass); belongs to one pass.
 */
public final class Dropout {

    private static final int BLOCK = 1 << 14;
    private static final long GAMMA = 0x9E3779B97F4A7C15L;
    private static final int[] NONE = new int[0];
    private static final ThreadLocal<float[]> BUFFER = ThreadLocal.withInitial(() -> new float[0]);

    private final double probability;
    private final long address;
    private final int[] places;
    private final int[] items;
    private final int[] rows;
    private int masks;

    private Dropout(double probability, long address, int[] places, int[] items, int[] rows) {
        this.probability = probability;
        this.address = address;
        this.places = places;
        this.items = items;
        this.rows = rows;
    }

    /** No dropout: evaluation. */
    public static Dropout off() {
        return new Dropout(0, 0, NONE, NONE, NONE);
    }

    /** Dropout for one pass at the given address, all of whose numbers belong together. */
    public static Dropout at(double probability, long address) {
        return at(probability, address, NONE);
    }

    /**
     * Dropout for one pass over some items of a batch.
     *
     * @param places the place in the batch of each item; an item meets the same masks in whatever company it is encoded
     */
    public static Dropout at(double probability, long address, int[] places) {
        if (!(probability >= 0 && probability < 1)) {
            throw new IllegalArgumentException("Dropout: the probability must be in [0, 1), but was " + probability);
        }
        return new Dropout(probability, address, places, NONE, NONE);
    }

    /**
     * The same masks for states whose rows belong to items.
     *
     * @param order which item stands where
     * @param lengths how many consecutive rows each of them has, in that order
     */
    public Dropout over(int[] order, int[] lengths) {
        if (!isOn() || places.length == 0) {
            return this;
        }
        if (order.length != places.length || lengths.length != places.length) {
            throw new IllegalArgumentException("Dropout: " + places.length + " items were announced, but "
                    + order.length + " with " + lengths.length + " lengths are encoded");
        }
        return new Dropout(probability, address, places, order, lengths);
    }

    /** Dropout for another part of the same pass, whose masks have nothing to do with these. */
    public Dropout apart(String part) {
        return new Dropout(probability, RandomStream.address(address, part), places, items, rows);
    }

    /** Whether anything is dropped. */
    public boolean isOn() {
        return probability > 0;
    }

    /** x with dropout. */
    public Tensor apply(Tensor x) {
        return isOn() ? x.multiply(mask(x.shape())) : x;
    }

    /** residual + dropout(x), in one pass over memory. */
    public Tensor addTo(Tensor residual, Tensor x) {
        return isOn() ? residual.addProduct(x, mask(x.shape())) : residual.add(x);
    }

    private Tensor mask(long[] shape) {
        long count = 1;
        for (long size : shape) {
            count *= size;
        }
        int length = Math.toIntExact(count);
        float[] buffer = BUFFER.get();
        if (buffer.length < length) {
            buffer = new float[length];
            BUFFER.set(buffer);
        }
        long origin = RandomStream.address(address, "mask", masks++);
        if (rows.length == 0) {
            fill(buffer, 0, length, origin, probability);
        } else {
            fillByItem(buffer, length, origin);
        }
        try (Grad off = Grad.disabled()) {
            Tensor mask = Tensor.empty(shape);
            mask.put(0, buffer, 0, length);
            return mask;
        }
    }

    /** Each item's rows from a stream of its own. */
    private void fillByItem(float[] buffer, int length, long origin) {
        int[] starts = new int[rows.length];
        int tokens = 0;
        for (int i = 0; i < rows.length; i++) {
            starts[i] = tokens;
            tokens += rows[i];
        }
        if (tokens == 0 || length % tokens != 0) {
            throw new IllegalArgumentException(
                    "Dropout: the items have " + tokens + " rows, but the states hold " + length + " numbers");
        }
        int width = length / tokens;
        IntStream.range(0, rows.length).parallel().forEach(i -> {
            long ofItem = RandomStream.mix(origin + GAMMA * (places[items[i]] + 1));
            fill(buffer, starts[i] * width, rows[i] * width, ofItem, probability);
        });
    }

    /** Fills a stretch with 0 or 1/(1-p); each 64 random bits decide four numbers, by 16 bits each. */
    static void fill(float[] buffer, int start, int length, long origin, double probability) {
        int threshold = (int) Math.round(probability * 65536);
        float kept = (float) (65536.0 / (65536 - threshold));
        int blocks = (length + BLOCK - 1) / BLOCK;
        IntStream blockNumbers = IntStream.range(0, blocks);
        (blocks > 8 ? blockNumbers.parallel() : blockNumbers).forEach(block -> {
            int from = start + block * BLOCK;
            int to = Math.min(start + length, from + BLOCK);
            long counter = origin + (long) (block * (BLOCK / 4)) * GAMMA;
            int i = from;
            for (; i + 4 <= to; i += 4) {
                counter += GAMMA;
                long bits = RandomStream.mix(counter);
                buffer[i] = (int) (bits & 0xFFFF) >= threshold ? kept : 0f;
                buffer[i + 1] = (int) (bits >>> 16 & 0xFFFF) >= threshold ? kept : 0f;
                buffer[i + 2] = (int) (bits >>> 32 & 0xFFFF) >= threshold ? kept : 0f;
                buffer[i + 3] = (int) (bits >>> 48) >= threshold ? kept : 0f;
            }
            if (i < to) {
                long bits = RandomStream.mix(counter + GAMMA);
                for (; i < to; i++) {
                    buffer[i] = (int) (bits & 0xFFFF) >= threshold ? kept : 0f;
                    bits >>>= 16;
                }
            }
        });
    }
}
