package io.chiaro.eval;

import io.chiaro.core.LearnedFrom;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * Sets of which it is known that they share texts, so that a model that learned from one looks better on the other than it is; and a
 * file that is learned from and judged, by its name or by its content. Single texts are not looked at: {@code chiaro data check
 * --against} compares those of any two files.
 */
public final class KnownLeaks {

    private static final String TABLE = "known-leaks.tsv";

    private record Leak(String first, String second, String why) {}

    private static final List<Leak> LEAKS = read();

    private KnownLeaks() {}

    /**
     * Why figures on one set would flatter a model that learned from another; empty where nothing is known.
     *
     * @param learned a file or folder that was learned from
     * @param judged a file or folder
     * @param split whose file is judged, of a folder
     */
    public static Optional<String> between(Path learned, Path judged, String split) {
        if (same(learned, judged) || sameInside(learned, judged, split)) {
            return Optional.of("it is what was learned from");
        }
        return LEAKS.stream()
                .filter(leak -> holds(learned, leak.first()) && holds(judged, leak.second())
                        || holds(learned, leak.second()) && holds(judged, leak.first()))
                .map(Leak::why)
                .findFirst();
    }

    /**
     * Which source holds the same as the file that is judged, whatever it is called; empty if none does.
     *
     * @param contents of the sources by their paths, as {@link LearnedFrom#content} tells them
     * @param judged a file or folder
     * @param split whose file is judged, of a folder
     */
    public static Optional<String> sameContent(Map<String, String> contents, Path judged, String split) {
        if (contents.isEmpty() || !Files.exists(judged)) {
            return Optional.empty();
        }
        return judged(judged, split)
                .map(LearnedFrom::content)
                .flatMap(content -> contents.entrySet().stream()
                        .filter(source -> source.getValue().equals(content))
                        .map(Map.Entry::getKey))
                .findFirst();
    }

    private static boolean same(Path learned, Path judged) {
        try {
            return Files.isRegularFile(learned) && Files.exists(judged) && Files.isSameFile(learned, judged);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Whether what was learned from is a file of a folder that is judged. */
    private static boolean sameInside(Path learned, Path judged, String split) {
        return Files.isDirectory(judged) && judged(judged, split).anyMatch(file -> same(learned, file));
    }

    /**
     * The files by which something is judged. Of a collection these are its queries and judgments: to learn from its documents alone
     * is what an unsupervised model is for.
     */
    private static Stream<Path> judged(Path data, String split) {
        Optional<Path> file = DataFiles.found(data, split);
        return file.isPresent() ? file.stream() : RetrievalData.asked(data, split);
    }

    private static boolean holds(Path path, String name) {
        String wanted = name.toLowerCase(Locale.ROOT);
        Path absolute = path.toAbsolutePath().normalize();
        return StreamSupport.stream(absolute.spliterator(), false)
                .map(part -> part.toString().toLowerCase(Locale.ROOT))
                .anyMatch(part -> part.equals(wanted)
                        || (part.startsWith(wanted) && part.equals(lastName(absolute)) && part.contains(".")));
    }

    private static String lastName(Path path) {
        Path name = path.getFileName();
        return name == null ? "" : name.toString().toLowerCase(Locale.ROOT);
    }

    private static List<Leak> read() {
        try (InputStream stream = KnownLeaks.class.getResourceAsStream(TABLE)) {
            if (stream == null) {
                throw new IllegalStateException("KnownLeaks: " + TABLE + " is missing from the jar");
            }
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.startsWith("#"))
                    .skip(1)
                    .map(line -> line.split("\t", -1))
                    .map(cells -> new Leak(cells[0], cells[1], cells[2]))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
