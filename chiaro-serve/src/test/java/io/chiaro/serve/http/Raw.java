package io.chiaro.serve.http;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.nio.charset.StandardCharsets;

/** A client that sends the bytes it is told to and reads what comes, to its end. */
public final class Raw implements AutoCloseable {

    private final Socket socket;

    public Raw(URI server) throws IOException {
        socket = new Socket(server.getHost(), server.getPort());
        socket.setSoTimeout(60_000);
    }

    public Raw send(String bytes) throws IOException {
        return send(bytes.getBytes(StandardCharsets.ISO_8859_1));
    }

    public Raw send(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
        socket.getOutputStream().flush();
        return this;
    }

    /** Reads one response: its head, and as much body as it announces, or none where there can be none. */
    public String response() throws IOException {
        return response(true);
    }

    /** Reads the response to HEAD, which announces a body that does not come. */
    public String responseWithoutBody() throws IOException {
        return response(false);
    }

    private String response(boolean withBody) throws IOException {
        InputStream in = socket.getInputStream();
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int c = in.read();
            if (c < 0) {
                throw new IOException("the connection ended after: " + head);
            }
            head.append((char) c);
        }
        if (!withBody
                || head.toString().startsWith("HTTP/1.1 100")
                || head.toString().startsWith("HTTP/1.1 204")) {
            return head.toString();
        }
        String length = head.toString().replaceFirst("(?is).*content-length: (\\d+).*", "$1");
        byte[] body = in.readNBytes(Integer.parseInt(length));
        return head + new String(body, StandardCharsets.UTF_8);
    }

    /** Says that nothing more comes. */
    public Raw end() throws IOException {
        socket.shutdownOutput();
        return this;
    }

    /** Everything up to the end of the connection. */
    public String rest() throws IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        try {
            socket.getInputStream().transferTo(all);
        } catch (SocketException reset) {
            // An end as well.
        }
        return all.toString(StandardCharsets.UTF_8);
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
