package io.chiaro.objective;

/**
 * Slot 2 for one view: whose rows they are.
 *
 * @param input which of an item's inputs (augmentations, columns) is encoded, from 0
 * @param source what makes a row of it
 */
public record Tower(int input, Source source) {

    /** What makes a row of an input. */
    public enum Source {
        /** The model: encoder and projection head. */
        ONLINE,
        /** The model and a predictor behind it. */
        PREDICTED,
        /** The model, and no gradient flows back. */
        STOPPED,
        /** A twin of the model whose numbers are a moving average of the model's; no gradient flows back. */
        AVERAGED,
        /** The same twin without dropout, as the model will be used. */
        AVERAGED_WITHOUT_DROPOUT
    }

    /** Whether the model itself encodes the input. */
    public boolean ofModel() {
        return source != Source.AVERAGED && source != Source.AVERAGED_WITHOUT_DROPOUT;
    }

    /** Whether the view is a target: held fixed. */
    public boolean held() {
        return source == Source.STOPPED || !ofModel();
    }
}
