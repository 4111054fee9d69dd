package io.chiaro.serve.http;

/** Ends the work for a request whose client has left. */
public final class ClientGone extends RuntimeException {

    /** Creates the signal. */
    public ClientGone() {
        super("the client has gone", null, false, false);
    }
}
