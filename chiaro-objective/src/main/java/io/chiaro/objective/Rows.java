package io.chiaro.objective;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/** The rows of one view by item and by content, each list in ascending order. */
final class Rows {

    private static final int[] NONE = {};

    private final Map<Long, int[]> byItem;
    private final Map<Long, int[]> byContent;

    Rows(View view) {
        byItem = index(view.items());
        byContent = index(view.contents());
    }

    int[] ofItem(long item) {
        return byItem.getOrDefault(item, NONE);
    }

    int[] ofContent(long content) {
        return byContent.getOrDefault(content, NONE);
    }

    private static Map<Long, int[]> index(long[] keys) {
        Map<Long, int[]> index = new HashMap<>(keys.length * 2);
        Map<Long, Integer> counts = new HashMap<>(keys.length * 2);
        for (int i = 0; i < keys.length; i++) {
            int count = counts.merge(keys[i], 1, Integer::sum);
            int[] rows = index.getOrDefault(keys[i], NONE);
            if (count > rows.length) {
                // Doubling keeps a batch of one repeated text linear.
                rows = Arrays.copyOf(rows, Math.max(1, 2 * rows.length));
                index.put(keys[i], rows);
            }
            rows[count - 1] = i;
        }
        index.replaceAll((key, rows) -> Arrays.copyOf(rows, counts.getOrDefault(key, rows.length)));
        return index;
    }
}
