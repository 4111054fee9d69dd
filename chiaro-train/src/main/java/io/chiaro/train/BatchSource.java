package io.chiaro.train;

import io.chiaro.core.RandomStream;

/**
 * The batches of a run, planned ahead: step k has the same batch whenever it is asked for.
 *
 * @param <C> what a chunk is
 */
public interface BatchSource<C> {

    /** The batch of a step, from 0. */
    Batch<C> batch(long step);

    /** What the size of a batch is counted in, in the plural and for people: tokens, pixels, nodes. */
    String unit();

    /** The batch of the run that needs most memory; a run rehearses it before its first step. */
    Batch<C> largest();

    /** Where the random numbers stand that an objective draws on the batch of a step. */
    static long address(long seed, long step) {
        return RandomStream.address(seed, "step", step);
    }
}
