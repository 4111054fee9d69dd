package io.chiaro.cli.judging;

import io.chiaro.core.ChiaroException;
import io.chiaro.core.LearnedFrom;
import io.chiaro.eval.KnownLeaks;
import java.nio.file.Path;
import java.util.Optional;

/** Refuses to judge a model on what it learned from, as far as its folder and the known leaks between sets tell. */
public final class Leaks {

    private Leaks() {}

    /** Refuses, where the folder of the model, or of its run or a run before it, names data that leak into those judged. */
    public static void refuse(Optional<String> model, Path judged, String split) {
        for (String learned :
                model.map(LearnedFrom::of).orElse(LearnedFrom.NOTHING).data().keySet()) {
            refuse(Path.of(learned), Judging.located(judged), split);
        }
    }

    private static void refuse(Path learned, Path judged, String split) {
        KnownLeaks.between(learned, judged, split).ifPresent(why -> {
            throw ChiaroException.usage(
                    judged + ": expected data that the model has not learned from, but it learned from " + learned
                            + ": " + why + ". Judge it on other data, or say --allow-leaks.");
        });
    }
}
