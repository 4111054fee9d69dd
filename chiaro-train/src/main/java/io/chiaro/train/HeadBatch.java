package io.chiaro.train;

/**
 * Over which rows a batch norm or whitening of heads and predictors goes where several views pass through one of them. Libraries
 * disagree in it, and the two forms of one batch have other values and other gradients.
 */
public enum HeadBatch {
    /** Over those of each view: a pass for each (most libraries). */
    APART,
    /**
     * Over those of all views of the batch: one pass with the views one behind the other (the code of Caron et al., "SwAV", NeurIPS
     * 2020, and lightly's scripts for ImageNet). An averaged twin has a head of its own, and so a batch of its own.
     */
    FUSED
}
