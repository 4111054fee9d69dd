package io.chiaro.serve.http;

/** What answers requests. Called by many threads at once. */
public interface Handler {

    /**
     * The response to a request.
     *
     * @throws HttpProblem for what the client has to mend; {@link #refuse} makes the response of it
     * @throws ClientGone if the client left, and no response is written
     */
    Response handle(Request request, Client client);

    /**
     * The response that says what is wrong.
     *
     * @param path of the request, empty if it could not be read
     */
    Response refuse(String path, HttpProblem problem);
}
