package io.chiaro.serve.http;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;

/**
 * The bytes of one connection. What has arrived stays in a buffer of its own until it is asked for, so that looking whether
 * the client is still there loses nothing.
 */
final class Wire {

    private static final int LEAST_ROOM = 1 << 12;

    private final Socket socket;
    private final OutputStream out;
    private final int headBytes;
    private final byte[] buffer;
    private int at;
    private int end;

    Wire(Socket socket, int headBytes) throws IOException {
        this.socket = socket;
        this.out = socket.getOutputStream();
        this.headBytes = headBytes;
        this.buffer = new byte[Math.max(headBytes, LEAST_ROOM) + LEAST_ROOM];
    }

    /** Waits for a byte; false if the client closed its end instead. */
    boolean awaitByte() throws IOException {
        return at < end || fill();
    }

    /** Whether the client closed its end. Waits at most a millisecond and keeps what it finds. */
    boolean isClosed() {
        if (at < end) {
            return false;
        }
        try {
            socket.setSoTimeout(1);
            try {
                return !fill();
            } catch (SocketTimeoutException stillThere) {
                return false;
            } finally {
                socket.setSoTimeout(0);
            }
        } catch (IOException e) {
            return true;
        }
    }

    /** Whether bytes have come that nobody has asked for. */
    boolean hasMore() {
        return at < end;
    }

    /** The lines up to the first empty one, which is read as well. */
    String head() throws IOException {
        int start = at;
        int scanned = at;
        while (true) {
            for (; scanned < end; scanned++) {
                if (buffer[scanned] != '\n') {
                    continue;
                }
                int length = scanned + 1 - start;
                if (length > headBytes) {
                    throw tooLong();
                }
                if (scanned >= start + 1 && buffer[scanned - 1] == '\n') {
                    throw HttpProblem.of(400, "expected lines that end in CR LF.");
                }
                if (length == 2 && buffer[start] == '\r') { // an empty line before a request is to be passed over
                    start += 2;
                } else if (length >= 4 && buffer[scanned - 1] == '\r' && buffer[scanned - 2] == '\n') {
                    String head = new String(buffer, start, length - 2, StandardCharsets.ISO_8859_1);
                    at = scanned + 1;
                    return head;
                }
            }
            if (end - start > headBytes) {
                throw tooLong();
            }
            if (start > 0) {
                System.arraycopy(buffer, start, buffer, 0, end - start);
                scanned -= start;
                end -= start;
                start = 0;
                at = 0;
            }
            if (!fill()) {
                throw new EOFException("the client closed its end in the middle of a head");
            }
        }
    }

    private HttpProblem tooLong() {
        return HttpProblem.of(431, "expected a request line and headers of at most " + headBytes + " bytes.");
    }

    /** A body of known length. */
    byte[] bytes(int length) throws IOException {
        byte[] bytes = new byte[length];
        int done = 0;
        while (done < length) {
            if (at == end && !fill()) {
                throw new EOFException("the client closed its end in the middle of a body");
            }
            int more = Math.min(end - at, length - done);
            System.arraycopy(buffer, at, bytes, done, more);
            at += more;
            done += more;
        }
        return bytes;
    }

    /** A body in chunks (RFC 9112, section 7.1) of at most so many bytes together. Extensions and trailers are passed over. */
    byte[] chunks(int most) throws IOException {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        while (true) {
            String line = line();
            int semicolon = line.indexOf(';');
            String size = (semicolon < 0 ? line : line.substring(0, semicolon)).strip();
            if (!size.matches("[0-9a-fA-F]{1,8}")) {
                throw HttpProblem.of(400, "expected the size of a chunk in hexadecimal digits.");
            }
            long length = Long.parseLong(size, 16);
            if (length == 0) {
                trailers();
                return body.toByteArray();
            }
            if (body.size() + length > most) {
                throw tooLarge(most);
            }
            body.write(bytes((int) length));
            if (!line().isEmpty()) {
                throw HttpProblem.of(400, "expected a line end after a chunk.");
            }
        }
    }

    static HttpProblem tooLarge(int most) {
        return HttpProblem.of(413, "expected a body of at most " + most + " bytes. Send less at a time.");
    }

    private void trailers() throws IOException {
        int bytes = 0;
        for (String line = line(); !line.isEmpty(); line = line()) {
            bytes += line.length();
            if (bytes > headBytes) {
                throw tooLong();
            }
        }
    }

    private String line() throws IOException {
        StringBuilder line = new StringBuilder();
        while (awaitByte()) {
            char c = (char) (buffer[at++] & 0xFF);
            if (c == '\n') {
                int last = line.length() - 1;
                if (last < 0 || line.charAt(last) != '\r') {
                    throw HttpProblem.of(400, "expected lines that end in CR LF.");
                }
                return line.substring(0, last);
            }
            line.append(c);
            if (line.length() > headBytes) {
                throw tooLong();
            }
        }
        throw new EOFException("the client closed its end in the middle of a body");
    }

    void write(byte[] bytes) throws IOException {
        out.write(bytes);
        out.flush();
    }

    /**
     * Ends the connection so that the client can still read the response: closing while it sends would make its system throw
     * the response away. Whoever watches the time closes the socket if the client goes on.
     */
    void finish(int most) throws IOException {
        socket.shutdownOutput();
        int dropped = end - at;
        at = end;
        while (dropped < most && fill()) {
            dropped += end;
            at = end;
        }
    }

    /** Reads once; false at the end. */
    private boolean fill() throws IOException {
        if (at == end) {
            at = 0;
            end = 0;
        }
        int read = socket.getInputStream().read(buffer, end, buffer.length - end);
        if (read < 0) {
            return false;
        }
        end += read;
        return true;
    }
}
