package io.chiaro.cli;

import io.chiaro.cli.console.Output;
import io.chiaro.cli.fitting.Fitting;
import io.chiaro.cli.quickstart.Quickstart;
import io.chiaro.core.ChiaroException;
import io.chiaro.core.RunFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.stream.Stream;

/** How the quickstart trains: an ordinary run on the file of pairs. */
record QuickstartTraining(Output output) implements Quickstart.Training {

    /** What six minutes on two cores allow. */
    private static final int STEPS = 150;

    @Override
    public void train(Path pairs, Path run, Path model, OptionalInt steps, long seed, int threads) {
        remove(run);
        Map<String, Object> told = new LinkedHashMap<>();
        told.put("data", List.of(Map.of("path", pairs.toString())));
        told.put("base", Quickstart.BASE);
        told.put("recipe", "info-nce");
        told.put("out", run.toString());
        told.put("steps", steps.orElse(STEPS));
        told.put("batch", 128);
        told.put("learning-rate", 1e-4);
        told.put("optimizer", "lazy-adamw");
        told.put("seed", seed);
        told.put("threads", threads);
        Fitting.start(RunFile.defaults().with("quickstart", told), false, output);
        move(run.resolve("model"), model);
    }

    private static void move(Path from, Path to) {
        remove(to);
        try {
            Files.move(from, to);
        } catch (IOException e) {
            throw ChiaroException.of(
                    ChiaroException.Kind.RESOURCES, to + ": the model could not be moved there from " + from + ".", e);
        }
    }

    /** An earlier quickstart in the same folder gives way. */
    private static void remove(Path folder) {
        if (!Files.exists(folder)) {
            return;
        }
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw ChiaroException.of(
                    ChiaroException.Kind.RESOURCES,
                    folder + ": what an earlier quickstart left could not be removed. Give another --out.",
                    e);
        }
    }
}
