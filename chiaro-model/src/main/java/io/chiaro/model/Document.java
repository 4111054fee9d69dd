package io.chiaro.model;

import io.chiaro.core.ChiaroException;
import io.chiaro.core.Json;
import io.chiaro.core.JsonObject;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;

/**
 * A document of a collection that is searched.
 *
 * @param id unique in its collection
 * @param title empty if there is none
 * @param text the body
 * @param metadata what else is known of it
 */
public record Document(String id, String title, String text, Metadata metadata) {

    private static final int BUFFER = 1 << 16;

    /** One of which nothing else is known. */
    public Document(String id, String title, String text) {
        this(id, title, text, Metadata.NONE);
    }

    /** What is embedded or indexed: title, a space and text, without space around. */
    public String content() {
        return (title + " " + text).strip();
    }

    /**
     * The documents of a file with one JSON object a line, {@code {"_id" or "id", "title"?, "text", "metadata"?}}, in
     * UTF-8, unzipped if the name ends in .gz. Further keys are left alone and empty lines are skipped. The file is read as the stream is; the
     * caller closes it.
     *
     * @throws ChiaroException now or from the stream, if the file cannot be read or a line is not as described; the message
     *     begins with file and line
     */
    public static Stream<Document> read(Path file) {
        String name = file.toAbsolutePath().toString();
        BufferedReader reader = open(file, name);
        AtomicLong number = new AtomicLong();
        return Stream.generate(() -> next(reader, name, number))
                .takeWhile(Optional::isPresent)
                .flatMap(Optional::stream)
                .filter(line -> !line.isBlank())
                .map(line -> parse(name + ":" + number, line))
                .onClose(() -> {
                    try {
                        reader.close();
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                });
    }

    private static BufferedReader open(Path file, String name) {
        try {
            InputStream in = Files.newInputStream(file);
            try {
                InputStream plain = name.endsWith(".gz") ? new GZIPInputStream(in, BUFFER) : in;
                return new BufferedReader(
                        new InputStreamReader(
                                plain,
                                StandardCharsets.UTF_8
                                        .newDecoder()
                                        .onMalformedInput(CodingErrorAction.REPORT)
                                        .onUnmappableCharacter(CodingErrorAction.REPORT)),
                        BUFFER);
            } catch (IOException e) {
                in.close();
                throw e;
            }
        } catch (IOException e) {
            throw unreadable(name, e);
        }
    }

    private static Optional<String> next(BufferedReader reader, String name, AtomicLong number) {
        try {
            String line = reader.readLine();
            boolean marked = number.incrementAndGet() == 1 && line != null && line.startsWith("\uFEFF");
            return Optional.ofNullable(marked ? line.substring(1) : line);
        } catch (IOException e) {
            throw unreadable(name + ":" + number, e);
        }
    }

    private static Document parse(String where, String line) {
        JsonObject row = Json.parse(where, line);
        if (!row.has("_id") && !row.has("id")) {
            throw ChiaroException.data(
                    where + ": expected an id under \"_id\" or \"id\", but found the keys " + row.keys() + ". Add it.");
        }
        return new Document(
                row.string(row.has("_id") ? "_id" : "id"),
                row.has("title") ? row.string("title") : "",
                row.string("text"),
                metadata(row));
    }

    private static Metadata metadata(JsonObject row) {
        return row.has("metadata") ? Metadata.from(row.object("metadata")) : Metadata.NONE;
    }

    private static ChiaroException unreadable(String where, IOException cause) {
        return ChiaroException.of(
                ChiaroException.Kind.DATA,
                where + ": expected a readable file of UTF-8 text, but found " + cause
                        + ". Check the path and the encoding.",
                cause);
    }
}
