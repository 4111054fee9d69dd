package io.chiaro.data;

import org.jspecify.annotations.Nullable;

/** What planning needs to know of the rows of a source. */
interface RowTable {

    int rows();

    int columns();

    long contentHash(int row, int column);

    /** Tokens of all texts of a row. */
    int tokens(int row);

    /** The number of a row's group: its label, unless groups were given. */
    int group(int row);

    static RowTable of(TokenStore store, int @Nullable [] groups) {
        if (store.rows() > Integer.MAX_VALUE - 8) {
            throw new IllegalArgumentException("EpochPlan: a source may have at most " + (Integer.MAX_VALUE - 8)
                    + " rows, but " + store.directory() + " has " + store.rows());
        }
        return new RowTable() {
            @Override
            public int rows() {
                return (int) store.rows();
            }

            @Override
            public int columns() {
                return store.columns();
            }

            @Override
            public long contentHash(int row, int column) {
                return store.contentHash(row, column);
            }

            @Override
            public int tokens(int row) {
                int sum = 0;
                for (int column = 0; column < store.columns(); column++) {
                    sum += store.length(row, column);
                }
                return sum;
            }

            @Override
            public int group(int row) {
                return groups == null ? store.label(row) : groups[row];
            }
        };
    }
}
