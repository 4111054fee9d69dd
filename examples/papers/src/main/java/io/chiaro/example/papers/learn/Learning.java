package io.chiaro.example.papers.learn;

import io.chiaro.core.RunFile;
import io.chiaro.text.TextTraining;
import io.chiaro.train.ProgressBar;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Tunes a model so that a title lies near its abstract and far from the others of its batch. */
public final class Learning {

    private Learning() {}

    /**
     * Trains a model.
     *
     * @param out the folder of the run, which must not hold one; the model goes to {@code out/model}
     * @param notes told how far it is
     */
    public static Path train(List<TitlePair> pairs, LearningSettings settings, Path out, PrintStream notes) {
        Path data = out.resolve("pairs.jsonl");
        TitlePairs.write(data, pairs);
        // [train
        RunFile run = RunFile.defaults()
                .with(
                        "papers",
                        Map.of(
                                "data", List.of(Map.of("path", data.toString())),
                                "base", settings.base(),
                                "out", out.toString(),
                                "steps", settings.steps(),
                                "batch", settings.batch(),
                                "learning-rate", settings.learningRate(),
                                "seed", settings.seed(),
                                "threads", settings.threads(),
                                "set", Map.of("max-tokens", settings.maxTokens())));
        TextTraining.Options options = TextTraining.Options.defaults()
                .withListeners(List.of(ProgressBar.create(notes, ProgressBar.Display.plain(), System::nanoTime)));
        try (TextTraining training = TextTraining.start(run, options)) {
            training.describe().forEach(notes::println);
            training.run();
        }
        // train]
        return out.resolve("model");
    }
}
