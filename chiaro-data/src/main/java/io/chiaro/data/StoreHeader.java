package io.chiaro.data;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.chiaro.core.ChiaroException;
import io.chiaro.data.RowProblem.Reason;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/** What a token store was built from and what it holds; the file {@code store.json}. */
record StoreHeader(
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
        try {
            String text = VERSION + "|" + origin.roles() + "|" + origin.encoder() + "|" + shape + "|" + rows + "|"
                    + totalTokens + "|" + tokenChecksum + "|" + rowChecksum;
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(hash, 0, 16);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    void write(Path directory) throws IOException {
        ObjectMapper mapper = new ObjectMapper();
        ObjectNode root = mapper.createObjectNode();
        root.put("version", VERSION);
        ObjectNode from = root.putObject("origin");
        from.put("source", origin.source());
        from.put("size", origin.size());
        from.put("modified", origin.modified());
        from.put("roles", origin.roles());
        from.put("encoder", origin.encoder());
        from.put("bad-rows", origin.badRows().name());
        ObjectNode form = root.putObject("shape");
        form.put("kind", shape.kind().name());
        form.put("negatives", shape.negatives());
        form.put("scores", shape.scores());
        root.put("rows", rows);
        root.put("total-tokens", totalTokens);
        longest.forEach(root.putArray("longest")::add);
        root.put("truncated", truncated);
        labels.forEach(root.putArray("labels")::add);
        ObjectNode left = root.putObject("skipped");
        ObjectNode counts = left.putObject("counts");
        skipped.counts().forEach((reason, count) -> counts.put(reason.name(), count));
        skipped.examples().forEach(left.putArray("examples")::add);
        root.put("token-checksum", tokenChecksum);
        root.put("row-checksum", rowChecksum);
        Path file = directory.resolve(FILE);
        Files.write(file, mapper.writerWithDefaultPrettyPrinter().writeValueAsBytes(root));
    }

    static StoreHeader read(Path directory) {
        Path file = directory.resolve(FILE);
        if (!Files.isRegularFile(file)) {
            throw ChiaroException.data(directory.toAbsolutePath()
                    + ": expected a finished token store, but there is no " + FILE + ". Build it from its source.");
        }
        try {
            JsonNode root = new ObjectMapper().readTree(Files.readAllBytes(file));
            int version = at(root, "version", file).asInt();
            if (version != VERSION) {
                throw ChiaroException.data(file.toAbsolutePath() + ": expected version " + VERSION + ", but found "
                        + version + ". Delete the folder so that it is built again.");
            }
            JsonNode from = at(root, "origin", file);
            JsonNode form = at(root, "shape", file);
            List<Integer> longest = new ArrayList<>();
            at(root, "longest", file).forEach(node -> longest.add(node.asInt()));
            List<String> labels = new ArrayList<>();
            at(root, "labels", file).forEach(node -> labels.add(node.asText()));
            Map<Reason, Long> counts = new EnumMap<>(Reason.class);
            JsonNode left = at(root, "skipped", file);
            at(left, "counts", file)
                    .properties()
                    .forEach(entry -> counts.put(
                            Reason.valueOf(entry.getKey()), entry.getValue().asLong()));
            List<String> examples = new ArrayList<>();
            at(left, "examples", file).forEach(node -> examples.add(node.asText()));
            return new StoreHeader(
                    new Origin(
                            at(from, "source", file).asText(),
                            at(from, "size", file).asLong(),
                            at(from, "modified", file).asLong(),
                            at(from, "roles", file).asText(),
                            at(from, "encoder", file).asText(),
                            BadRows.valueOf(at(from, "bad-rows", file).asText())),
                    new ExampleShape(
                            ExampleShape.Kind.valueOf(at(form, "kind", file).asText()),
                            at(form, "negatives", file).asInt(),
                            at(form, "scores", file).asInt()),
                    at(root, "rows", file).asLong(),
                    at(root, "total-tokens", file).asLong(),
                    longest,
                    at(root, "truncated", file).asLong(),
                    labels,
                    new SkipReport(counts, examples),
                    at(root, "token-checksum", file).asLong(),
                    at(root, "row-checksum", file).asLong());
        } catch (JsonProcessingException | IllegalArgumentException failure) {
            throw broken(
                    file,
                    String.valueOf(failure.getMessage()).lines().findFirst().orElse("no reason"));
        } catch (IOException failure) {
            throw Inputs.unreadable(file, "at its beginning", failure);
        }
    }

    private static JsonNode at(JsonNode parent, String key, Path file) {
        JsonNode node = parent.get(key);
        if (node == null) {
            throw broken(file, "no " + key);
        }
        return node;
    }

    static ChiaroException broken(Path file, String found) {
        return ChiaroException.data(file.toAbsolutePath() + ": expected a sound token store, but found " + found
                + ". Delete the folder so that it is built again.");
    }
}
