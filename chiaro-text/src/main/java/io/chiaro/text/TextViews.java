package io.chiaro.text;

import io.chiaro.core.RandomStream;
import java.util.function.IntPredicate;

/**
 * The two views that are made of a text which is its own positive. Their random numbers stand at the seed, the epoch, the
 * source, the row and the view, so that a view is the same whatever batch and chunk it lies in.
 *
 * @param view how a text is changed
 * @param special which token ids are left alone
 */
record TextViews(TextView view, IntPredicate special) {

    /** Both views are the text itself. */
    static TextViews unchanged() {
        return new TextViews(new TextView.Unchanged(), id -> false);
    }

    /**
     * A view of a text.
     *
     * @param number of the view, 0 or 1
     */
    int[] of(int[] ids, long seed, long epoch, int source, int row, int number) {
        if (number == 0 && view.keepsFirst()) {
            return ids;
        }
        return view.of(ids, special, RandomStream.of(seed, "text-view", epoch, source, row, number));
    }

    /** As many tokens as a view of the text can have. */
    int[] longest(int[] ids, int number) {
        return number == 0 && view.keepsFirst() ? ids : view.longest(ids, special);
    }
}
