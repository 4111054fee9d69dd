package io.chiaro.serve.route;

import io.chiaro.core.ChiaroException;
import io.chiaro.core.Json;
import io.chiaro.core.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Training runs and reports below a folder: in the folder itself and in those right in it. They are looked for anew each time, since
 * runs begin while a server runs. A name is found in that list and never made into a path, and links that lead out of the folder are not
 * followed.
 *
 * @param folder that holds them; nothing is found if there is none
 */
record RunFiles(Optional<Path> folder) {

    private static final String EVENTS = "events.jsonl";
    private static final String REPORT = "report.json";
    private static final int MOST_BYTES = 1 << 20;
    private static final long MOST_REPORT_BYTES = 8 << 20;

    /**
     * A part of a run's events.
     *
     * @param from the byte where it begins: that which was asked for, or 0 if the file is shorter by now, since the run was resumed
     * @param next the byte to ask for next
     * @param events whole lines
     */
    record Part(long from, long next, List<Map<String, Object>> events) {}

    /** The folders of runs by their names. */
    Map<String, Path> runs() {
        return holding(EVENTS);
    }

    /** The folders of reports by their names. */
    Map<String, Path> reports() {
        return holding(REPORT);
    }

    private Map<String, Path> holding(String file) {
        return folder.map(parent -> holding(parent, file)).orElse(Map.of());
    }

    private static Map<String, Path> holding(Path parent, String file) {
        Map<String, Path> found = new TreeMap<>();
        try (Stream<Path> children = Files.list(parent)) {
            Stream.concat(Stream.of(parent), children)
                    .filter(one -> Files.isRegularFile(one.resolve(file), LinkOption.NOFOLLOW_LINKS))
                    .filter(one -> isInside(parent, one))
                    .forEach(one -> found.put(name(one), one));
        } catch (IOException | UncheckedIOException gone) {
            return Map.of();
        }
        return found;
    }

    /** Whether a folder is in another where links have been followed: one that leads out shows nothing. */
    private static boolean isInside(Path parent, Path child) {
        try {
            return child.toRealPath().startsWith(parent.toRealPath());
        } catch (IOException gone) {
            return false;
        }
    }

    private static String name(Path folder) {
        return String.valueOf(folder.toAbsolutePath().normalize().getFileName());
    }

    /** When the events of a run last grew. */
    static Instant grew(Path run) throws IOException {
        return Files.getLastModifiedTime(run.resolve(EVENTS), LinkOption.NOFOLLOW_LINKS)
                .toInstant();
    }

    /** The events of a run from a byte on, as many whole lines as an answer may hold. */
    static Part events(Path run, long from) throws IOException {
        try (SeekableByteChannel channel =
                Files.newByteChannel(run.resolve(EVENTS), StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS)) {
            long begin = from > channel.size() ? 0 : from;
            ByteBuffer bytes = ByteBuffer.allocate((int) Math.min(MOST_BYTES, channel.size() - begin));
            channel.position(begin);
            while (bytes.hasRemaining() && channel.read(bytes) >= 0) {
                // a read may give less than there is
            }
            int end = bytes.position();
            while (end > 0 && bytes.get(end - 1) != '\n') {
                end--;
            }
            if (end == 0 && bytes.position() == MOST_BYTES) {
                // No answer can hold this event; what asks again from where it begins would ask for ever.
                return new Part(begin, behindLine(channel, begin + MOST_BYTES), List.of());
            }
            String lines = new String(bytes.array(), 0, end, StandardCharsets.UTF_8);
            List<Map<String, Object>> events = new ArrayList<>();
            for (String line : lines.split("\n", -1)) {
                if (!line.isBlank()) {
                    events.add(Json.parse("events", line).toMap());
                }
            }
            return new Part(begin, begin + end, events);
        }
    }

    /** The byte behind the line that a byte is in; that byte itself while the line has no end yet. */
    private static long behindLine(SeekableByteChannel channel, long from) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(MOST_BYTES);
        for (long at = from; at < channel.size(); at += bytes.position()) {
            bytes.clear();
            channel.position(at);
            if (channel.read(bytes) <= 0) {
                break;
            }
            for (int i = 0; i < bytes.position(); i++) {
                if (bytes.get(i) == '\n') {
                    return at + i + 1;
                }
            }
        }
        return from - MOST_BYTES;
    }

    /** A report. */
    static JsonObject report(Path folder) throws IOException {
        Path file = folder.resolve(REPORT);
        if (Files.size(file) > MOST_REPORT_BYTES) {
            throw ChiaroException.data("the report is larger than " + MOST_REPORT_BYTES + " bytes.");
        }
        try (InputStream in = Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS)) {
            return Json.parse("report", new String(in.readAllBytes(), StandardCharsets.UTF_8));
        }
    }
}
