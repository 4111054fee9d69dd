package io.chiaro.serve;

import static org.assertj.core.api.Assertions.assertThat;

import io.chiaro.core.Json;
import io.chiaro.model.CrossEncoderDirectory;
import io.chiaro.model.Document;
import io.chiaro.onnx.OnnxCrossEncoder;
import io.chiaro.onnx.OnnxEmbedder;
import io.chiaro.onnx.OnnxSettings;
import io.chiaro.search.LiveIndex;
import io.chiaro.search.TextIndex;
import io.chiaro.serve.http.HttpSettings;
import io.chiaro.serve.http.Raw;
import io.chiaro.serve.key.KeyFile;
import io.chiaro.serve.key.Role;
import io.chiaro.serve.route.ServedIndex;
import io.chiaro.testkit.Property;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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

    private static final Map<String, List<String>> KEYS = Map.ofEntries(
            Map.entry("/v1/indexes", List.of("name", "quantise", "engine", "sparse", "language")),
            Map.entry("/v1/indexes/made/documents", List.of("documents", "id")),
            Map.entry("/v1/embeddings", List.of("input", "model", "encoding_format", "dimensions", "user")),
            Map.entry(
                    "/embed",
                    List.of("inputs", "normalize", "truncate", "truncation_direction", "prompt_name", "dimensions")),
            Map.entry("/similarity", List.of("inputs", "parameters", "source_sentence", "sentences")),
            Map.entry("/tokenize", List.of("inputs", "add_special_tokens", "prompt_name")),
            Map.entry("/rerank", List.of("query", "texts", "raw_scores", "return_text", "truncate")),
            Map.entry("/v1/rerank", List.of("query", "documents", "model", "top_n", "return_documents")),
            Map.entry("/v1/indexes/words/documents", List.of("documents", "id", "text", "metadata")),
            Map.entry("/v1/indexes/words/explain", List.of("query", "id", "fusion", "vector_weight", "neighbours")),
            Map.entry("/v1/indexes/words/delete", List.of("ids", "filter", "id", "documents")),
            Map.entry(
                    "/v1/indexes/words/search",
                    List.of(
                            "query",
                            "k",
                            "by",
                            "fusion",
                            "vector_weight",
                            "filter",
                            "facets",
                            "facet_size",
                            "highlight",
                            "text_characters",
                            "rerank",
                            "rerank_depth")));

    private static final List<String> PATHS = Stream.concat(
                    KEYS.keySet().stream().sorted(),
                    Stream.of(
                            "/",
                            "//",
                            "/v1",
                            "/v1/models/",
                            "/v1/indexes/%00/search",
                            "/v1/indexes//search",
                            "/v1/indexes/words/map",
                            "/v1/indexes/made/map",
                            "/v1/indexes/made/search",
                            "/v1/indexes/made",
                            "/v1/indexes/words",
                            "/v1/indexes/%2e%2e",
                            "/v1/indexes/..%2fwords",
                            "/v1/indexes/" + "x".repeat(2000),
                            "/v1/runs",
                            "/v1/runs/%2e%2e/events/0",
                            "/v1/runs/x/events/99999999999999999999",
                            "/v1/reports/%00",
                            "/v1/model-card",
                            "/v1/indexes/words/documents/d",
                            "/v1/indexes/words/snapshots/%2e%2e",
                            "/v1/indexes/words/documents/",
                            "/v1/indexes/words/documents/%F0%9F%98%80%00",
                            "/v1/indexes/words/documents/" + "x".repeat(2000),
                            "/info",
                            "/metrics",
                            "/health?x=%",
                            "/openapi.json",
                            "/v1/models/%F0%9F%98%80",
                            "/%2e%2e/etc/passwd"))
            .toList();

    /** What takes no body and changes what is served. */
    private static final List<String> CHANGES = List.of(
            "DELETE /v1/indexes/made",
            "DELETE /v1/indexes/other-1",
            "DELETE /v1/indexes/words",
            "DELETE /v1/indexes/%2e%2e",
            "DELETE /v1/indexes/..%2fwords",
            "DELETE /v1/indexes/.made.part",
            "DELETE /v1/indexes/",
            "POST /v1/indexes/made/map",
            "POST /v1/indexes/words/map",
            "POST /v1/indexes/%00/map");

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

    /** What some keys take, so that requests get past the first look. */
    private static final Map<String, List<String>> GOOD = Map.ofEntries(
            Map.entry(
                    "documents",
                    List.of(
                            "[{\"id\":\"d\",\"text\":\"a word\",\"metadata\":{\"year\":7,\"topic\":[\"a\",\"b\"]}}]",
                            "[{\"id\":\"e\",\"title\":\"\\u0007\",\"text\":\"\"},{\"id\":\"\\u0000\",\"text\":\"x\"}]",
                            "[{\"id\":\"e\",\"text\":\"x\"},{\"id\":\"e\",\"text\":\"y\"}]",
                            "[{\"id\":\"\",\"text\":\"x\"}]",
                            "[{\"id\":\"f\",\"text\":\"x\",\"metadata\":{\"year\":\"seven\",\"topic\":true,\"\\ud800\":1}}]",
                            "[{\"id\":\"f\",\"text\":\"x\",\"metadata\":{\"topic\":[[]]}}]",
                            "[{\"id\":\"f\",\"text\":\"x\",\"metadata\":{\"year\":1e308,\"topic\":\"\\u0007\"}}]",
                            "[\"tea\",\"a harbour\"]",
                            "[]",
                            "[7]")),
            Map.entry(
                    "filter",
                    List.of(
                            "{\"field\":\"year\",\"at_least\":7}",
                            "{\"field\":\"year\",\"above\":\"Infinity\",\"below\":-1e308}",
                            "{\"field\":\"topic\",\"one_of\":[\"a\",7,true,\"\\ud800\"]}",
                            "{\"not\":{\"field\":\"topic\",\"equal\":\"a\"}}",
                            "{\"or\":[{\"field\":\"year\",\"equal\":7.0},{\"field\":\"nothing\",\"equal\":1}]}",
                            "{\"field\":\"year\",\"equal\":null}",
                            "{\"and\":[]}",
                            "{\"not\":".repeat(60) + "{}" + "}".repeat(60),
                            "{}")),
            Map.entry("facets", List.of("[\"topic\"]", "[\"year\",\"topic\",\"topic\"]", "[\"nothing\"]", "[7]", "[]")),
            Map.entry("ids", List.of("[\"d\"]", "[\"f\",\"nobody\",\"\\ud800\",\"\"]", "[]", "[7]")),
            Map.entry("highlight", List.of("true", "false", "1")),
            Map.entry(
                    "name",
                    List.of(
                            "\"made\"",
                            "\"made\"",
                            "\"words\"",
                            "\"other-1\"",
                            "\"../words\"",
                            "\"..\"",
                            "\"a/b\"",
                            "\".made.part\"",
                            "\"con\"",
                            "\"\\u0000\"",
                            "\"\"")),
            Map.entry("quantise", List.of("\"none\"", "\"int8\"", "\"binary\"", "\"product\"")),
            Map.entry("language", List.of("\"any\"", "\"german\"", "\"klingon\"", "7")),
            Map.entry("engine", List.of("\"lucene\"", "\"jvector\"", "\"hnsw\"")),
            Map.entry("sparse", List.of("false", "true", "1")),
            Map.entry("texts", List.of("[\"tea\",\"a harbour\"]", "[]", "[7]")),
            Map.entry("top_n", List.of("1", "9", "0", "-1", "1.5")),
            Map.entry("return_documents", List.of("true", "false", "1")),
            Map.entry("facet_size", List.of("1", "1000", "1001", "0", "2.5")),
            Map.entry("text_characters", List.of("1", "7", "0", "-1", "2147483648", "true")),
            Map.entry("rerank", List.of("true", "false", "1")),
            Map.entry("rerank_depth", List.of("1", "3", "0", "100000")));

    @TempDir
    Path folder = Path.of("");

    private String key = "";

    @Test
    void whatever_is_sent_no_answer_is_a_mistake_of_the_server_and_it_serves_on() throws IOException {
        Path keys = folder.resolve("keys.json");
        key = KeyFile.openOrCreate(keys)
                .add("admin", Role.ADMIN, Clock.systemUTC())
                .text();
        ServerSettings settings = ServerSettings.defaults()
                .withName("tiny")
                .withHttp(HttpSettings.of("127.0.0.1", 0, 40_000))
                .withKeys(keys)
                .withIndexes(Files.createDirectory(folder.resolve("shelf")));
        try (OnnxEmbedder model = TinyModel.create(folder.resolve("tiny"), 1, true)) {
            TextIndex.write(folder.resolve("words"), Stream.of(new Document("d", "", "a word")), model);
            RerankTest.tinyReranker(folder.resolve("scorer")).close();
            try (RunningServer server = new RunningServer(this::content, settings)) {
                List<Integer> statuses = new ArrayList<>();
                Property.check(REQUESTS, random -> statuses.add(status(answer(server, random))));

                assertThat(server.log()).noneMatch(line -> line.contains("\"error\":"));
                // Good ones among them, and bad ones of every kind: the requests do get behind the door.
                assertThat(statuses).contains(200, 201, 202, 204, 400, 401, 404, 405, 409, 413, 415, 422);
                try (Stream<Path> made = Files.list(folder.resolve("shelf"))) {
                    // A name of the table may have been altered on the way, so any name that the server takes may be
                    // there.
                    assertThat(made.map(one -> one.getFileName().toString()).filter(name -> !name.equals(".lock")))
                            .allMatch(name -> name.matches("[A-Za-z0-9_][A-Za-z0-9._-]{0,63}"));
                }
                try (Stream<Path> all = Files.list(folder)) {
                    assertThat(all.map(one -> one.getFileName().toString()))
                            .containsExactlyInAnyOrder(
                                    "keys.json", "keys.json.lock", "scorer", "shelf", "tiny", "words");
                }
                assertThat(server.send(server.posting("/embed", "{\"inputs\": \"tea\"}")
                                        .header("Authorization", "Bearer " + key))
                                .statusCode())
                        .isEqualTo(200);
                assertThat(changes(folder.resolve("words")))
                        .as("commits of requests that got through")
                        .isGreaterThan(5);
            }
        }
    }

    private Content content() {
        OnnxSettings single = new OnnxSettings(1, 256);
        return new Content(
                OnnxEmbedder.open(folder.resolve("tiny").toString(), single),
                List.of(new ServedIndex("words", LiveIndex.open(folder.resolve("words")))),
                Optional.of(OnnxCrossEncoder.open(CrossEncoderDirectory.open(folder.resolve("scorer")), single)));
    }

    /** How often the folder was committed to. */
    private static long changes(Path place) {
        try (Stream<Path> files = Files.list(place)) {
            return files.map(file -> String.valueOf(file.getFileName()))
                    .filter(name -> name.startsWith("segments_"))
                    .mapToLong(name -> Long.parseLong(name.substring("segments_".length()), Character.MAX_RADIX))
                    .max()
                    .orElse(0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
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

    private String answer(RunningServer server, SplittableRandom random) throws IOException {
        try (Raw raw = new Raw(server.server().address())) {
            int kind = random.nextInt(8);
            if (kind == 0) {
                byte[] noise = new byte[random.nextInt(3000)];
                random.nextBytes(noise);
                return raw.send(noise).end().rest();
            }
            byte[] bytes = request(random);
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
    private byte[] request(SplittableRandom random) {
        boolean likely = random.nextInt(4) > 0;
        String path = likely ? PATHS.get(random.nextInt(KEYS.size())) : one(PATHS, random);
        String method =
                likely ? "POST" : one(List.of("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "brew"), random);
        boolean changes = random.nextInt(16) == 0;
        String line = changes ? one(CHANGES, random) : method + " " + path;
        byte[] bytes = (changes && random.nextInt(8) > 0 ? "" : body(random, path)).getBytes(StandardCharsets.UTF_8);
        StringBuilder head = new StringBuilder(line + " HTTP/1.1\r\nHost: here\r\n");
        if (random.nextInt(8) > 0) {
            head.append("Content-Type: application/json\r\n");
        }
        if (random.nextInt(16) > 0) {
            head.append("Authorization: Bearer ").append(key).append("\r\n");
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

    private static String body(SplittableRandom random, String path) {
        int depth = 1 + random.nextInt(15_000);
        return switch (random.nextInt(12)) {
            case 0 -> "";
            case 1 -> "{\"inputs\":" + "[".repeat(depth) + (random.nextBoolean() ? "]".repeat(depth) + "}" : "");
            case 2 -> value(random, 3);
            case 3 -> "{\"inputs\": \"" + "y".repeat(random.nextInt(60_000)) + "\"}";
            case 4, 5 -> sound(random, path);
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
        for (String known : GOOD.keySet().stream().sorted().toList()) {
            if (random.nextInt(8) == 0) {
                entries.add(Json.line(known) + ":" + one(GOOD.getOrDefault(known, List.of()), random));
            }
        }
        List<String> keys = KEYS.getOrDefault(PATHS.get(random.nextInt(KEYS.size())), List.of("key"));
        for (int i = random.nextInt(3); i > 0; i--) {
            entries.add(Json.line(one(keys, random)) + ":" + value(random, 2));
        }
        return "{" + String.join(",", entries) + (random.nextInt(20) == 0 ? "" : "}");
    }

    /** An object of keys that the route knows, the first of them always, with values that it may take. */
    private static String sound(SplittableRandom random, String path) {
        List<String> entries = new ArrayList<>();
        for (String known : KEYS.getOrDefault(path, List.of())) {
            if (entries.isEmpty() || (GOOD.containsKey(known) && random.nextBoolean())) {
                entries.add(Json.line(known) + ":"
                        + (GOOD.containsKey(known) ? one(GOOD.getOrDefault(known, List.of()), random) : good(random)));
            }
        }
        return "{" + String.join(",", entries) + "}";
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
