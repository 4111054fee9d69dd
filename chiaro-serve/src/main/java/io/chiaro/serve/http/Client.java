package io.chiaro.serve.http;

/** Who waits for the response. */
@FunctionalInterface
public interface Client {

    /**
     * Whether the client has closed its end of the connection, so that nobody reads the response. A client that only stops
     * sending counts as gone as well. To be asked by the thread that handles the request.
     */
    boolean isGone();
}
