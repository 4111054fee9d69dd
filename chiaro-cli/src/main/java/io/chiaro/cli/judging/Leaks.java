package io.chiaro.cli.judging;

import io.chiaro.core.ChiaroException;
import io.chiaro.core.LearnedFrom;
import io.chiaro.eval.KnownLeaks;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/** Refuses to judge a model on what it learned from, as far as its folder, what files hold, and the known leaks between sets tell. */
public final class Leaks {

    private Leaks() {}

    /** Refuses, where the folder of the model, or of its run or a run before it, names data that leak into those judged. */
    public static void refuse(Optional<String> model, Path judged, String split) {
        LearnedFrom learned = model.map(LearnedFrom::of).orElse(LearnedFrom.NOTHING);
        if (learned.data().isEmpty() && learned.contents().isEmpty()) {
            return;
        }
        Path data = Judging.located(judged);
        for (String source : learned.data().keySet()) {
            KnownLeaks.between(Path.of(source), data, split).ifPresent(why -> {
                throw leak(judged, source, why);
            });
        }
        KnownLeaks.sameContent(learned.contents().orElse(Map.of()), data, split).ifPresent(source -> {
            throw leak(judged, source, "it holds the same");
        });
    }

    private static ChiaroException leak(Path judged, String source, String why) {
        return ChiaroException.usage(
                judged + ": expected data that the model has not learned from, but it learned from " + source + ": "
                        + why + ". Judge it on other data, or say --allow-leaks.");
    }
}
