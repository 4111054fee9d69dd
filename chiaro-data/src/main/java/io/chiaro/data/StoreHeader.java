package io.chiaro.data;

import io.chiaro.core.ChiaroException;
import io.chiaro.core.Hashes;
import io.chiaro.core.Json;
import io.chiaro.core.JsonObject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;

/** What a token store was built from and what it holds; the file {@code store.json}. */
record StoreHeader(
        int version,
        Origin origin,
        ExampleShape shape,
        long rows,
        long totalTokens,
        List<Integer> longest,
        long truncated,
        List<String> labels,
        SkipReport skipped,
        long tokenChecksum,
        long rowChecksum) {

    static final int VERSION = 1;
    static final String FILE = "store.json";

    /** Equal origins give equal stores, so a store of equal origin is used again. */
    record Origin(String source, long size, long modified, String roles, String encoder, BadRows badRows) {

        static Origin of(Path source, Roles roles, TextEncoder encoder, BadRows badRows) {
            try {
                BasicFileAttributes attributes = Files.readAttributes(source, BasicFileAttributes.class);
                return new Origin(
                        source.toAbsolutePath().normalize().toString(),
                        attributes.size(),
                        attributes.lastModifiedTime().toMillis(),
                        roles.toString(),
                        encoder.fingerprint(),
                        badRows);
            } catch (IOException failure) {
                throw ChiaroException.data(
                        source.toAbsolutePath() + ": expected a file of records, but there is none. Check the path.");
            }
        }
    }

    StoreHeader {
        longest = List.copyOf(longest);
        labels = List.copyOf(labels);
    }

    /** A hash of all that a training run reads from the store. */
    String fingerprint() {
        String text = VERSION + "|" + origin.roles() + "|" + origin.encoder() + "|" + shape + "|" + rows + "|"
                + totalTokens + "|" + tokenChecksum + "|" + rowChecksum;
        return Hashes.sha256(text.getBytes(StandardCharsets.UTF_8));
    }

    void write(Path directory) {
        Json.write(directory.resolve(FILE), this);
    }

    static StoreHeader read(Path directory) {
        Path file = directory.resolve(FILE);
        if (!Files.isRegularFile(file)) {
            throw ChiaroException.data(directory.toAbsolutePath()
                    + ": expected a finished token store, but there is no " + FILE + ". Build it from its source.");
        }
        JsonObject document = Json.object(file);
        int version = document.integer("version");
        if (version != VERSION) {
            throw broken(file, "version " + version + " instead of " + VERSION);
        }
        return Json.read(document, StoreHeader.class);
    }

    static ChiaroException broken(Path file, String found) {
        return ChiaroException.data(file.toAbsolutePath() + ": expected a sound token store, but found " + found
                + ". Delete the folder so that it is built again.");
    }
}
