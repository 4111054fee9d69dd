package io.chiaro.serve.route;

/**
 * The routes of what is served now, for the time of one request: what stands behind them is not closed before the lease is.
 */
public interface Lease extends AutoCloseable {

    /** The routes. */
    Routes routes();

    @Override
    void close();

    /** Where leases come from. Safe for any thread. */
    @FunctionalInterface
    interface Source {
        /** A lease of what is served now; the caller closes it. */
        Lease take();
    }
}
