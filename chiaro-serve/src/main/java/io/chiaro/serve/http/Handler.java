package io.chiaro.serve.http;

/** What answers requests. Called by many threads at once. */
public interface Handler {

    /**
     * The response to a request.
     *
     * @throws HttpProblem for what the client has to mend; {@link #refuse} makes the response of it
     */
    Response handle(Request request);

    /**
     * The response that says what is wrong.
     *
     * @param path of the request, empty if it could not be read
     */
    Response refuse(String path, HttpProblem problem);
}
