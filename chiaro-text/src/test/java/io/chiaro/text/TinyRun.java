package io.chiaro.text;

import io.chiaro.core.Json;
import io.chiaro.core.RandomStream;
import io.chiaro.core.RunFile;
import io.chiaro.train.TrainingEvent;
import io.chiaro.train.Validation;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Runs that take a second: a tiny fresh encoder and a few hundred pairs. */
final class TinyRun {

    private TinyRun() {}

    /** Pairs of which the second holds the words of the first in another order, and two more. */
    static Path pairs(Path folder, int count) {
        List<Map<String, Object>> rows = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            RandomStream random = RandomStream.of(11, "pair", i);
            String[] words = TinyModel.words(random, 3 + random.nextInt(6)).split(" ");
            List<String> others = new ArrayList<>(List.of(words));
            java.util.Collections.reverse(others);
            others.add(TinyModel.words(random, 2));
            rows.add(Map.of("anchor", String.join(" ", words), "positive", String.join(" ", others)));
        }
        return write(folder.resolve("pairs.jsonl"), rows);
    }

    static Path write(Path file, List<Map<String, Object>> rows) {
        try {
            Files.createDirectories(file.toAbsolutePath().getParent());
            return Files.write(file, rows.stream().map(Json::line).toList());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A run of 40 steps into {@code folder/name}; the model's shape lies in {@code folder/shape}. */
    static RunFile run(Path folder, String name, Map<String, ?> changes) {
        Path shape = folder.resolve("shape");
        if (!Files.exists(shape)) {
            TinyModel.write(shape);
        }
        Path pairs = folder.resolve("pairs.jsonl");
        if (!Files.exists(pairs)) {
            pairs(folder, 300);
        }
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("data", List.of(Map.of("path", pairs.toString())));
        values.put("base", "fresh:" + shape);
        values.put("out", folder.resolve(name).toString());
        values.put("steps", 40);
        values.put("batch", 16);
        values.put("chunk-tokens", 120);
        values.put("checkpoint-steps", 5);
        values.put("learning-rate", 3e-3);
        values.put("threads", 2);
        values.putAll(changes);
        return RunFile.defaults().with("test", values);
    }

    /** Starts the run and takes it to its end. */
    static TrainingEvent.Ending train(RunFile run, TextTraining.Options options) {
        try (TextTraining training = TextTraining.start(run, options)) {
            return training.run().ending();
        }
    }

    static byte[] weights(Path run) {
        try {
            return Files.readAllBytes(run.resolve("model").resolve("model.safetensors"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A figure of the model that goes up and down while it trains, so that the best is not the last. */
    static Validation restless(TextModel model) {
        return new Validation() {
            @Override
            public Set<String> metrics() {
                return Set.of("spearman");
            }

            @Override
            public Map<String, Double> judge() {
                float[][] vectors = model.embedTokens(TinyModel.tokens(RandomStream.of(5, "judge"), 6, 9));
                return Map.of("spearman", Math.sin(300.0 * vectors[0][3]) + vectors[1][2]);
            }
        };
    }
}
