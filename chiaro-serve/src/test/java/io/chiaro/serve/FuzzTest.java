package io.chiaro.serve;

import static org.assertj.core.api.Assertions.assertThat;

import io.chiaro.core.Json;
import io.chiaro.model.Document;
import io.chiaro.onnx.OnnxEmbedder;
import io.chiaro.search.TextIndex;
import io.chiaro.serve.http.HttpSettings;
import io.chiaro.serve.http.Raw;
import io.chiaro.serve.route.ServedIndex;
import io.chiaro.testkit.Property;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Requests that nobody in his senses sends. {@code -Dchiaro.fuzz.requests=1000000} sends as many; a failure names the seed of
 * its request.
 */
class FuzzTest {

    private static final int REQUESTS = Integer.getInteger("chiaro.fuzz.requests", 3000);

    private static final Map<String, List<String>> KEYS = Map.of(
            "/v1/embeddings", List.of("input", "model", "encoding_format", "dimensions", "user"),
            "/embed", List.of("inputs", "normalize", "truncate", "truncation_direction", "prompt_name", "dimensions"),
            "/similarity", List.of("inputs", "parameters", "source_sentence", "sentences"),
            "/tokenize", List.of("inputs", "add_special_tokens", "prompt_name"),
            "/v1/indexes/words/search", List.of("query", "k", "by", "fusion", "vector_weight"));

    private static final List<String> PATHS = Stream.concat(
                    KEYS.keySet().stream().sorted(),
                    Stream.of(
                            "/",
                            "//",
                            "/v1",
                            "/v1/models/",
                            "/v1/indexes/%00/search",
                            "/v1/indexes//search",
                            "/info",
                            "/metrics",
                            "/health?x=%",
                            "/openapi.json",
                            "/v1/models/%F0%9F%98%80",
                            "/%2e%2e/etc/passwd"))
            .toList();

    private static final List<String> NUMBERS = List.of(
            "0",
            "-0",
            "-1",
            "1",
            "12",
            "13",
            "1.5",
            "1e2",
            "1e400",
            "-1e999999999",
            "1e-999999999",
            "2147483648",
            "9223372036854775808",
            "1" + "0".repeat(900),
            "1" + "0".repeat(2000),
            "NaN",
            "01",
            "+1",
            ".5",
            "0x10");

    private static final List<String> WORDS = List.of(
            "\"\"",
            "\"tea\"",
            "\"tiny\"",
            "\"float\"",
            "\"base64\"",
            "\"query\"",
            "\"right\"",
            "\"words\"",
            "\"hybrid\"",
            "\"ranks\"",
            "\"\\ud800\"",
            "\"\\u0000\"",
            "\"😀 naïve 日本\"",
            "\"[CLS] [MASK] [SEP]\"",
            "\"" + "word ".repeat(300) + "\"",
            "\"" + "x".repeat(5000) + "\"",
            "\"\\x\"",
            "\"open",
            "'tea'");

    private static final List<String> HEADERS = List.of(
            "Content-Type: text/plain",
            "Content-Type:",
            "Content-Type: application/json",
            "Authorization: Bearer",
            "Authorization: " + "x".repeat(3000),
            "Expect: 100-continue",
            "Expect: the impossible",
            "Connection: close",
            "Connection: keep-alive, Upgrade",
            "Upgrade: h2c",
            "HTTP2-Settings: AAMAAABkAAQAAP__",
            "Range: bytes=0-1",
            "Accept-Encoding: gzip",
            "Content-Encoding: gzip",
            "If-Modified-Since: never",
            "X: \u00e4\u00ff",
            "Cookie: a=b; c");

    @TempDir
    Path folder = Path.of("");

    @Test
    void whatever_is_sent_no_answer_is_a_mistake_of_the_server_and_it_serves_on() {
        ServerSettings settings =
                ServerSettings.defaults().withName("tiny").withHttp(HttpSettings.of("127.0.0.1", 0, 40_000));
        try (OnnxEmbedder model = TinyModel.create(folder.resolve("tiny"), 1, true)) {
            TextIndex.write(folder.resolve("words"), Stream.of(new Document("d", "", "a word")), model);
            try (TextIndex index = TextIndex.open(folder.resolve("words"));
                    RunningServer server =
                            new RunningServer(model, List.of(new ServedIndex("words", index)), settings)) {
                List<Integer> statuses = new ArrayList<>();
                Property.check(REQUESTS, random -> statuses.add(status(answer(server, random))));

                assertThat(server.log()).noneMatch(line -> line.contains("\"error\":"));
                // Good ones among them, and bad ones of every kind: the requests do get behind the door.
                assertThat(statuses).contains(200, 400, 404, 405, 413, 415, 422);
                assertThat(server.post("/embed", Map.of("inputs", "tea")).statusCode())
                        .isEqualTo(200);
            }
        }
    }

    /** The status, or 0 where the connection ended without one, as it may for what is no request. */
    private static int status(String answer) {
        if (answer.isEmpty()) {
            return 0;
        }
        assertThat(answer).matches("(?s)HTTP/1\\.1 [1-5][0-9][0-9] .*");
        int status = Integer.parseInt(answer.substring(9, 12));
        assertThat(status).as(answer).isLessThan(500);
        assertThat(answer).doesNotContain("Exception", "\tat ", "io.chiaro", "java.", "ai.onnxruntime");
        return status;
    }

    private static String answer(RunningServer server, SplittableRandom random) throws IOException {
        try (Raw raw = new Raw(server.server().address())) {
            int kind = random.nextInt(8);
            if (kind == 0) {
                byte[] noise = new byte[random.nextInt(3000)];
                random.nextBytes(noise);
                return raw.send(noise).end().rest();
            }
            byte[] bytes = request(random, body(random));
            if (kind == 1) {
                for (int i = 1 + random.nextInt(6); i > 0; i--) {
                    bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
                }
                return raw.send(bytes).end().rest();
            }
            if (kind == 2) {
                return raw.send(Arrays.copyOf(bytes, random.nextInt(bytes.length)))
                        .end()
                        .rest();
            }
            boolean head = new String(bytes, 0, 4, StandardCharsets.ISO_8859_1).equals("HEAD");
            raw.send(bytes);
            String answer = response(raw, head);
            return answer.startsWith("HTTP/1.1 100") ? response(raw, head) : answer;
        }
    }

    private static String response(Raw raw, boolean toHead) throws IOException {
        return toHead ? raw.responseWithoutBody() : raw.response();
    }

    /** A whole request, mostly one that the table of routes knows. */
    private static byte[] request(SplittableRandom random, String body) {
        boolean likely = random.nextInt(4) > 0;
        String path = likely ? PATHS.get(random.nextInt(KEYS.size())) : one(PATHS, random);
        String method =
                likely ? "POST" : one(List.of("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "brew"), random);
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        StringBuilder head = new StringBuilder(method + " " + path + " HTTP/1.1\r\nHost: here\r\n");
        if (random.nextInt(8) > 0) {
            head.append("Content-Type: application/json\r\n");
        }
        for (int i = random.nextInt(8) - 5; i > 0; i--) {
            head.append(one(HEADERS, random)).append("\r\n");
        }
        head.append("Content-Length: ").append(bytes.length).append("\r\n\r\n");
        byte[] start = head.toString().getBytes(StandardCharsets.ISO_8859_1);
        byte[] all = Arrays.copyOf(start, start.length + bytes.length);
        System.arraycopy(bytes, 0, all, start.length, bytes.length);
        return all;
    }

    private static String body(SplittableRandom random) {
        int depth = 1 + random.nextInt(15_000);
        return switch (random.nextInt(12)) {
            case 0 -> "";
            case 1 -> "{\"inputs\":" + "[".repeat(depth) + (random.nextBoolean() ? "]".repeat(depth) + "}" : "");
            case 2 -> value(random, 3);
            case 3 -> "{\"inputs\": \"" + "y".repeat(random.nextInt(60_000)) + "\"}";
            default -> object(random);
        };
    }

    /** An object of which routes know some keys, some of them with values that they take. */
    private static String object(SplittableRandom random) {
        List<String> entries = new ArrayList<>();
        for (String first : List.of("inputs", "input", "query")) {
            if (random.nextInt(3) == 0) {
                entries.add(Json.line(first) + ":" + good(random));
            }
        }
        List<String> keys = KEYS.getOrDefault(PATHS.get(random.nextInt(KEYS.size())), List.of("key"));
        for (int i = random.nextInt(3); i > 0; i--) {
            entries.add(Json.line(one(keys, random)) + ":" + value(random, 2));
        }
        return "{" + String.join(",", entries) + (random.nextInt(20) == 0 ? "" : "}");
    }

    private static String good(SplittableRandom random) {
        return one(List.of("\"tea\"", "[\"tea\",\"a harbour\"]", "[7,8]", "[[7],[8,9]]", "\"word\""), random);
    }

    private static String value(SplittableRandom random, int depth) {
        return switch (random.nextInt(depth > 0 ? 8 : 6)) {
            case 0 -> one(NUMBERS, random);
            case 1, 2 -> one(WORDS, random);
            case 3 -> one(List.of("true", "false", "null", "nul", ""), random);
            case 4, 5 -> good(random);
            case 6 -> {
                List<String> items = new ArrayList<>();
                for (int i = random.nextInt(5); i > 0; i--) {
                    items.add(value(random, depth - 1));
                }
                yield "[" + String.join(",", items) + "]";
            }
            default -> {
                List<String> entries = new ArrayList<>();
                for (int i = random.nextInt(4); i > 0; i--) {
                    entries.add(Json.line(one(List.of("a", "source_sentence", "sentences", "truncate"), random)) + ":"
                            + value(random, depth - 1));
                }
                yield "{" + String.join(",", entries) + "}";
            }
        };
    }

    private static <T> T one(List<T> of, SplittableRandom random) {
        return of.get(random.nextInt(of.size()));
    }
}
