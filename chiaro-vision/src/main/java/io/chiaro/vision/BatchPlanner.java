package io.chiaro.vision;

import java.util.List;

/**
 * Says which pictures are contrasted with each other. The batches of an epoch are a function of its number, and every epoch
 * has as many. Implementations are safe for one thread.
 */
public interface BatchPlanner {

    /** The batches of each epoch, at least one. */
    int batches();

    /** The pictures of each batch of an epoch, from 0; no picture twice in a batch. */
    List<int[]> epoch(long epoch);
}
