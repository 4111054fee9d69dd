package io.chiaro.core;

import java.nio.charset.StandardCharsets;

/**
 * A random stream that is addressed, not shared: equal (seed, purpose, keys) give equal numbers, whatever else ran
 * before and on whichever thread. So a view, a dropout mask or a shuffle can be made again from its address alone, and a
 * checkpoint need not store any generator.
 *
 * <p>The k-th 64-bit number is {@code mix(origin + k * GAMMA)}, the SplitMix64 sequence (Steele, Lea and Flood, "Fast
 * splittable pseudorandom number generators", OOPSLA 2014) whose origin is a hash of the address.
 *
 * <p>An instance is mutable and belongs to one thread.
 */
public final class RandomStream {

    private static final long GAMMA = 0x9E3779B97F4A7C15L;

    private final long origin;
    private long counter;

    private RandomStream(long origin) {
        this.origin = origin;
    }

    /** The stream at an address, for example {@code of(42, "shuffle", epoch)}. */
    public static RandomStream of(long seed, String purpose, long... keys) {
        return new RandomStream(address(seed, purpose, keys));
    }

    /** The origin of the stream at an address: a well mixed 64-bit number. */
    public static long address(long seed, String purpose, long... keys) {
        long hash = mix(seed + GAMMA);
        for (byte b : purpose.getBytes(StandardCharsets.UTF_8)) {
            hash = mix(hash ^ (b & 0xFF) + GAMMA);
        }
        for (long key : keys) {
            hash = mix(hash + GAMMA ^ mix(key + GAMMA));
        }
        return hash;
    }

    /** The finaliser of SplitMix64: a bijection of 64-bit numbers in which each input bit moves half of the output. */
    public static long mix(long z) {
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }

    /** The next 64 uniform bits. */
    public long nextLong() {
        return mix(origin + ++counter * GAMMA);
    }

    /** A uniform integer in [0, bound), without bias. */
    public int nextInt(int bound) {
        if (bound <= 0) {
            throw new IllegalArgumentException("RandomStream.nextInt: the bound must be positive, but was " + bound);
        }
        // Lemire's method: the high half of a 32 x 32 bit product, rejecting the few low halves that would bias it.
        long product = (nextLong() >>> 32) * bound;
        if ((int) product >= 0 || Integer.compareUnsigned((int) product, bound) >= 0) {
            return (int) (product >>> 32);
        }
        int threshold = Integer.remainderUnsigned(-bound, bound);
        while (Integer.compareUnsigned((int) product, threshold) < 0) {
            product = (nextLong() >>> 32) * bound;
        }
        return (int) (product >>> 32);
    }

    /** A uniform double in [0, 1). */
    public double nextDouble() {
        return (nextLong() >>> 11) * 0x1.0p-53;
    }

    /** A uniform float in [0, 1). */
    public float nextFloat() {
        return (nextLong() >>> 40) * 0x1.0p-24f;
    }

    /** A standard normal number (Box and Muller's cosine branch; one draw costs two uniform ones). */
    public double nextGaussian() {
        double radius = Math.sqrt(-2 * Math.log(1 - nextDouble()));
        return radius * StrictMath.cos(2 * Math.PI * nextDouble());
    }

    /** Shuffles in place (Fisher and Yates). */
    public void shuffle(int[] values) {
        for (int i = values.length - 1; i > 0; i--) {
            int j = nextInt(i + 1);
            int swap = values[i];
            values[i] = values[j];
            values[j] = swap;
        }
    }

    /** A random order of 0..n-1. */
    public int[] permutation(int n) {
        int[] order = new int[n];
        for (int i = 0; i < n; i++) {
            order[i] = i;
        }
        shuffle(order);
        return order;
    }
}
