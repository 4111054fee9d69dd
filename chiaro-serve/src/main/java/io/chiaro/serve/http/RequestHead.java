package io.chiaro.serve.http;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Request line and headers (RFC 9112, sections 3 and 5; RFC 9110, section 5). What two readers could understand in two ways
 * is refused: bare line feeds, folded lines, spaces before a colon, a length that comes twice or beside a transfer coding.
 *
 * @param method as it was sent
 * @param path beginning with a slash
 * @param query without its question mark; empty if there is none
 * @param headers values in their order, by the name in lower case
 * @param keepsAlive whether the client will use the connection again
 * @param length bytes of the body; -1 if it comes in chunks
 */
record RequestHead(
        String method, String path, String query, Map<String, List<String>> headers, boolean keepsAlive, long length) {

    private static final String TOKEN_MARKS = "!#$%&'*+-.^_`|~";
    private static final int MOST_HEADERS = 100;

    /** Reads a head from its lines, which end in CR LF, the last one too. */
    static RequestHead parse(String text) {
        List<String> lines = lines(text);
        String[] line = lines.get(0).split(" ", -1);
        if (line.length != 3 || !isToken(line[0])) {
            throw bad("expected a request line of method, target and version");
        }
        if (!line[2].equals("HTTP/1.1") && !line[2].equals("HTTP/1.0")) {
            throw bad("expected HTTP/1.1");
        }
        boolean current = line[2].equals("HTTP/1.1");
        Map<String, List<String>> headers = headers(lines.subList(1, lines.size()));
        if (current && headers.getOrDefault("host", List.of()).size() != 1) {
            throw bad("expected the header Host once");
        }
        String target = originForm(line[1]);
        int question = target.indexOf('?');
        List<String> connection = listed(headers, "connection");
        return new RequestHead(
                line[0],
                question < 0 ? target : target.substring(0, question),
                question < 0 ? "" : target.substring(question + 1),
                headers,
                current ? !connection.contains("close") : connection.contains("keep-alive"),
                length(headers, current));
    }

    boolean hasBody() {
        return length != 0;
    }

    /** Whether the client waits for a word before it sends the body. */
    boolean awaitsContinue() {
        return listed(headers, "expect").contains("100-continue");
    }

    private static List<String> lines(String text) {
        List<String> lines = new ArrayList<>();
        int start = 0;
        while (start < text.length()) {
            int end = text.indexOf("\r\n", start);
            if (end < 0) {
                throw bad("expected lines that end in CR LF");
            }
            String line = text.substring(start, end);
            for (int i = 0; i < line.length(); i++) {
                if ((line.charAt(i) < ' ' && line.charAt(i) != '\t') || line.charAt(i) == 127) {
                    throw bad("expected no control characters in the head of a request");
                }
            }
            lines.add(line);
            start = end + 2;
        }
        if (lines.isEmpty()) {
            throw bad("expected a request line");
        }
        return lines;
    }

    private static Map<String, List<String>> headers(List<String> lines) {
        if (lines.size() > MOST_HEADERS) {
            throw HttpProblem.of(431, "expected at most " + MOST_HEADERS + " headers, but found " + lines.size() + ".");
        }
        Map<String, List<String>> headers = new LinkedHashMap<>();
        for (String line : lines) {
            int colon = line.indexOf(':');
            if (colon < 1 || !isToken(line.substring(0, colon))) {
                throw bad("expected headers of the form Name: value");
            }
            headers.computeIfAbsent(line.substring(0, colon).toLowerCase(Locale.ROOT), name -> new ArrayList<>())
                    .add(line.substring(colon + 1).strip());
        }
        return headers;
    }

    private static boolean isToken(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean letterOrDigit = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
            if (!letterOrDigit && TOKEN_MARKS.indexOf(c) < 0) {
                return false;
            }
        }
        return !text.isEmpty();
    }

    /** A target names a path, or the whole address as clients of a proxy send it. */
    private static String originForm(String target) {
        for (int i = 0; i < target.length(); i++) {
            if (target.charAt(i) <= ' ' || target.charAt(i) >= 127) {
                throw bad("expected a target of printable ASCII; other characters are percent-encoded");
            }
        }
        if (target.startsWith("/")) {
            return target;
        }
        if (target.startsWith("http://") || target.startsWith("https://")) {
            int slash = target.indexOf('/', target.indexOf("//") + 2);
            return slash < 0 ? "/" : target.substring(slash);
        }
        throw bad("expected a target that begins with a slash");
    }

    private static List<String> listed(Map<String, List<String>> headers, String name) {
        List<String> items = new ArrayList<>();
        for (String value : headers.getOrDefault(name, List.of())) {
            for (String item : value.split(",", -1)) {
                items.add(item.strip().toLowerCase(Locale.ROOT));
            }
        }
        return items;
    }

    private static long length(Map<String, List<String>> headers, boolean current) {
        List<String> codings = listed(headers, "transfer-encoding");
        List<String> lengths = headers.getOrDefault("content-length", List.of());
        if (!codings.isEmpty()) {
            if (!lengths.isEmpty() || !current) {
                throw bad("expected either Content-Length or Transfer-Encoding");
            }
            if (!codings.equals(List.of("chunked"))) {
                throw bad("expected no transfer coding but chunked");
            }
            return -1;
        }
        if (lengths.isEmpty()) {
            return 0;
        }
        if (lengths.size() > 1 || !lengths.get(0).matches("[0-9]{1,18}")) {
            throw bad("expected one Content-Length of decimal digits");
        }
        return Long.parseLong(lengths.get(0));
    }

    private static HttpProblem bad(String expected) {
        return HttpProblem.of(400, expected + ".");
    }
}
