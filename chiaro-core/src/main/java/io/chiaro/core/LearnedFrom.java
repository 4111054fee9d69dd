package io.chiaro.core;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What a model has learned from, and what the models before it have: the file {@value #FILE} in its folder, which goes where
 * the folder goes. The {@link Provenance} of its run lies beside the folder and stays behind when that is copied.
 *
 * <p>Immutable, safe from any thread.
 *
 * @param version of this document, {@value #VERSION}
 * @param data the fingerprint of each source, by its path
 */
public record LearnedFrom(int version, Map<String, String> data) {

    /** The name of the file in a model's folder. */
    public static final String FILE = "learned-from.json";

    /** The version of the document that this library writes and reads. */
    public static final int VERSION = 1;

    /** Of a model about which nothing is written down. */
    public static final LearnedFrom NOTHING = new LearnedFrom(VERSION, Map.of());

    /** A model may be trained from one that was trained from another; a circle is nobody's intention, but must end. */
    private static final int MOST_GENERATIONS = 20;

    public LearnedFrom {
        if (version != VERSION) {
            throw new IllegalArgumentException("expected version " + VERSION + " of what a model has learned from, but"
                    + " found " + version + ". Read it with the library that wrote it.");
        }
        data = Collections.unmodifiableMap(new LinkedHashMap<>(data));
    }

    /**
     * What is written down of a model: in its folder; else, as older models have it, beside the folder by its run and the
     * runs of its bases. Nothing of a model that is known by its name.
     */
    public static LearnedFrom of(String nameOrDirectory) {
        LearnedFrom all = NOTHING;
        Optional<Path> directory = directory(nameOrDirectory);
        for (int i = 0; i < MOST_GENERATIONS && directory.isPresent(); i++) {
            Path inside = directory.get().resolve(FILE);
            if (Files.isRegularFile(inside)) {
                return all.and(Json.read(Json.object(ChiaroException.Kind.MODEL, inside), LearnedFrom.class));
            }
            Path beside = directory.get().toAbsolutePath().normalize().resolveSibling("provenance.json");
            if (!Files.isRegularFile(beside)) {
                break;
            }
            Provenance provenance = Provenance.load(beside);
            all = all.and(new LearnedFrom(VERSION, provenance.data()));
            directory =
                    provenance.run().has("base") ? directory(provenance.run().string("base")) : Optional.empty();
        }
        return all;
    }

    private static Optional<Path> directory(String model) {
        Path path = Path.of(model);
        return Files.isDirectory(path) ? Optional.of(path) : Optional.empty();
    }

    /** All of this and of another. */
    public LearnedFrom and(LearnedFrom other) {
        Map<String, String> all = new LinkedHashMap<>(data);
        all.putAll(other.data);
        return new LearnedFrom(VERSION, all);
    }

    /** The same and sources of one's own, by their paths. */
    public LearnedFrom and(Map<String, String> sources) {
        return and(new LearnedFrom(VERSION, sources));
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
