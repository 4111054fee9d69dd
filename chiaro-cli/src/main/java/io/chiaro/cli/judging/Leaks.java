package io.chiaro.cli.judging;

import io.chiaro.core.ChiaroException;
import io.chiaro.core.Provenance;
import io.chiaro.eval.KnownLeaks;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;

/** Refuses to judge a model on what it learned from, as far as its provenance and the known leaks between sets tell. */
public final class Leaks {

    /** A model may be trained from one that was trained from another; a circle is nobody's intention, but must end. */
    private static final int MOST_GENERATIONS = 20;

    private Leaks() {}

    /** Refuses, where the folder of the model's run, or of a run before it, names data that leak into those judged. */
    public static void refuse(Optional<String> model, Path judged, String split) {
        for (Path learned : model.map(Leaks::learned).orElse(Set.of())) {
            refuse(learned, Judging.located(judged), split);
        }
    }

    private static void refuse(Path learned, Path judged, String split) {
        KnownLeaks.between(learned, judged, split).ifPresent(why -> {
            throw ChiaroException.usage(
                    judged + ": expected data that the model has not learned from, but it learned from " + learned
                            + ": " + why + ". Judge it on other data, or say --allow-leaks.");
        });
    }

    private static Set<Path> learned(String model) {
        Set<Path> all = new LinkedHashSet<>();
        Optional<Path> directory = directory(model);
        for (int i = 0; i < MOST_GENERATIONS && directory.isPresent(); i++) {
            Path file = directory.get().toAbsolutePath().normalize().resolveSibling("provenance.json");
            if (!Files.isRegularFile(file)) {
                break;
            }
            Provenance provenance = Provenance.load(file);
            provenance.data().keySet().forEach(path -> all.add(Path.of(path)));
            directory =
                    provenance.run().has("base") ? directory(provenance.run().string("base")) : Optional.empty();
        }
        return all;
    }

    private static Optional<Path> directory(String model) {
        Path path = Path.of(model);
        return Files.isDirectory(path) ? Optional.of(path) : Optional.empty();
    }
}
