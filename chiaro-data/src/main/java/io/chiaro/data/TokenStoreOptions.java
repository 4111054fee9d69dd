package io.chiaro.data;

/**
 * How a token store is built.
 *
 * @param badRows what happens at a row that cannot be used
 * @param threads threads that tokenise; the store is the same for any number
 */
public record TokenStoreOptions(BadRows badRows, int threads) {

    public TokenStoreOptions {
        if (threads < 1) {
            throw new IllegalArgumentException("TokenStoreOptions: threads must be at least 1, but was " + threads);
        }
    }

    /** Stops at the first bad row; one thread for each processor. */
    public static TokenStoreOptions defaults() {
        return new TokenStoreOptions(BadRows.STOP, Runtime.getRuntime().availableProcessors());
    }

    /** The same with another rule for bad rows. */
    public TokenStoreOptions withBadRows(BadRows rule) {
        return new TokenStoreOptions(rule, threads);
    }

    /** The same with another number of threads. */
    public TokenStoreOptions withThreads(int number) {
        return new TokenStoreOptions(badRows, number);
    }
}
