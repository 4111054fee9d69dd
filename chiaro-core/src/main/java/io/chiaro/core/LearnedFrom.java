package io.chiaro.core;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;

/**
 * What a model has learned from, and what the models before it and beside it (its base, its guide, its teacher) have: the file {@value #FILE} in its folder, which goes where
 * the folder goes. The {@link Provenance} of its run lies beside the folder and stays behind when that is copied.
 *
 * <p>Immutable, safe from any thread.
 *
 * @param version of this document, {@value #VERSION}; one of version 1 has no contents
 * @param data the fingerprint of each source, by its path: of what a run read of it, by its roles and its tokenizer, so that it is equal
 *     to no hash of a file
 * @param contents the {@link #content} of each source, by its path, so that a copy under another name is known again; empty where
 *     nobody wrote it down
 */
public record LearnedFrom(int version, Map<String, String> data, Optional<Map<String, String>> contents) {

    /** The name of the file in a model's folder. */
    public static final String FILE = "learned-from.json";

    /** The version of the document that this library writes and reads. */
    public static final int VERSION = 2;

    /** Of a model about which nothing is written down. */
    public static final LearnedFrom NOTHING = new LearnedFrom(Map.of(), Map.of());

    /** The models that a run reads besides its base, as it is told of them by {@code --set}. */
    public static final List<String> BESIDE = List.of("guide", "teacher");

    public LearnedFrom {
        if (version < 1 || version > VERSION) {
            throw new IllegalArgumentException("expected version " + VERSION + " of what a model has learned from, but"
                    + " found " + version + ". Read it with the library that wrote it.");
        }
        data = Collections.unmodifiableMap(new LinkedHashMap<>(data));
        contents = contents.filter(known -> !known.isEmpty())
                .map(known -> Collections.unmodifiableMap(new LinkedHashMap<>(known)));
    }

    private LearnedFrom(Map<String, String> data, Map<String, String> contents) {
        this(VERSION, data, Optional.of(contents));
    }

    /**
     * What is written down of a model: in its folder; else, as older models have it, beside the folder by its run and the
     * runs of the models that it read. Nothing of a model that is known by its name.
     */
    public static LearnedFrom of(String nameOrDirectory) {
        return of(nameOrDirectory, new HashSet<>());
    }

    /**
     * What the models of a run have learned from, before it learns anything.
     *
     * @param base what it starts from
     * @param set what it was told by {@code --set}, among it its {@link #BESIDE}
     */
    public static LearnedFrom of(String base, Map<String, String> set) {
        LearnedFrom all = of(base);
        for (String model : beside(set)) {
            all = all.and(of(model));
        }
        return all;
    }

    private static List<String> beside(Map<String, String> set) {
        return BESIDE.stream().flatMap(part -> Stream.ofNullable(set.get(part))).toList();
    }

    /** A model may be trained from one that was trained from another; a circle is nobody's intention, but must end. */
    private static LearnedFrom of(String nameOrDirectory, Set<Path> seen) {
        Optional<Path> directory = directory(nameOrDirectory);
        if (directory.isEmpty() || !seen.add(directory.get())) {
            return NOTHING;
        }
        Path inside = directory.get().resolve(FILE);
        if (Files.isRegularFile(inside)) {
            return Json.read(Json.object(ChiaroException.Kind.MODEL, inside), LearnedFrom.class);
        }
        Path beside = directory.get().resolveSibling("provenance.json");
        if (!Files.isRegularFile(beside)) {
            return NOTHING;
        }
        Provenance provenance = Provenance.load(beside);
        LearnedFrom all = new LearnedFrom(provenance.data(), Map.of());
        for (String model : models(provenance.run())) {
            all = all.and(of(model, seen));
        }
        return all;
    }

    /** The models that a run read, as its file names them. */
    private static List<String> models(JsonObject run) {
        Map<String, String> set = new LinkedHashMap<>();
        if (run.isObject("set")) {
            JsonObject told = run.object("set");
            BESIDE.stream().filter(told::isString).forEach(part -> set.put(part, told.string(part)));
        }
        return Stream.concat(
                        run.isString("base") ? Stream.of(run.string("base")) : Stream.empty(), beside(set).stream())
                .toList();
    }

    private static Optional<Path> directory(String model) {
        try {
            Path path = Path.of(model).toAbsolutePath().normalize();
            return Files.isDirectory(path) ? Optional.of(path) : Optional.empty();
        } catch (InvalidPathException name) {
            return Optional.empty();
        }
    }

    /** What a file holds, packed or not: the SHA-256 of its bytes, unzipped if its name ends in .gz. */
    public static String content(Path file) {
        if (!file.toString().endsWith(".gz")) {
            return Hashes.sha256(file);
        }
        try (InputStream in = new GZIPInputStream(Files.newInputStream(file))) {
            return Hashes.sha256(in);
        } catch (IOException e) {
            throw ChiaroException.of(
                    ChiaroException.Kind.DATA,
                    file.toAbsolutePath() + ": expected a file that can be unzipped, but found: "
                            + AtomicFiles.reason(e) + ". Check the file.",
                    e);
        }
    }

    /** All of this and of another. */
    public LearnedFrom and(LearnedFrom other) {
        return new LearnedFrom(
                joined(data, other.data), joined(contents.orElse(Map.of()), other.contents.orElse(Map.of())));
    }

    private static Map<String, String> joined(Map<String, String> one, Map<String, String> other) {
        Map<String, String> all = new LinkedHashMap<>(one);
        all.putAll(other);
        return all;
    }

    /** The same and sources of one's own, by their paths. */
    public LearnedFrom and(Map<String, String> sources) {
        return and(new LearnedFrom(sources, Map.of()));
    }

    /** The same with the contents of those of some files that are there. */
    public LearnedFrom andContents(Collection<String> paths) {
        Map<String, String> hashes = new LinkedHashMap<>();
        for (String path : paths) {
            if (Files.isRegularFile(Path.of(path))) {
                hashes.put(path, content(Path.of(path)));
            }
        }
        return and(new LearnedFrom(Map.of(), hashes));
    }

    /** Writes the file into a model's folder, atomically; where there is nothing to write, none of another model stays. */
    public void write(Path modelFolder) {
        Path file = modelFolder.resolve(FILE);
        if (!data.isEmpty()) {
            Json.write(file, this);
            return;
        }
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw ChiaroException.of(
                    ChiaroException.Kind.RESOURCES,
                    file + ": tells of another model, and could not be removed. Check the rights.",
                    e);
        }
    }
}
