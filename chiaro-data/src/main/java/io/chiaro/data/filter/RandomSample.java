package io.chiaro.data.filter;

import io.chiaro.core.RandomStream;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;

/**
 * So many items drawn at random from a stream of unknown length, every choice equally likely: each item draws a number at the
 * address of its place, and those with the smallest stay. Memory is that of the items that stay.
 *
 * @param <T> what is drawn
 */
public final class RandomSample<T> {

    private record Drawn<T>(long priority, long place, T item) {}

    private final int size;
    private final long seed;
    private final String purpose;
    private final PriorityQueue<Drawn<T>> smallest = new PriorityQueue<>(Comparator.comparingLong(Drawn<T>::priority)
            .thenComparingLong(Drawn::place)
            .reversed());
    private long offered;

    /**
     * An empty sample.
     *
     * @param size how many are drawn; all, if the stream is shorter
     * @param purpose of the random numbers, so that two samples of one seed differ
     */
    public RandomSample(int size, long seed, String purpose) {
        if (size < 1) {
            throw new IllegalArgumentException("RandomSample: expected to draw at least 1, but found " + size);
        }
        this.size = size;
        this.seed = seed;
        this.purpose = purpose;
    }

    /** Offers the next item of the stream. */
    public void offer(T item) {
        smallest.add(new Drawn<>(RandomStream.address(seed, purpose, offered), offered, item));
        offered++;
        if (smallest.size() > size) {
            smallest.remove();
        }
    }

    /** What was drawn, in the order of the stream. */
    public List<T> items() {
        List<Drawn<T>> drawn = new ArrayList<>(smallest);
        drawn.sort(Comparator.comparingLong(Drawn::place));
        return drawn.stream().map(Drawn::item).toList();
    }
}
