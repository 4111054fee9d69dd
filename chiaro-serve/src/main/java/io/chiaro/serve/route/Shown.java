package io.chiaro.serve.route;

import java.nio.file.Path;
import java.util.Optional;

/**
 * Files that are shown beside the model and its indexes, as they are at each request.
 *
 * @param runs a folder of training runs and reports
 * @param card what is said of the model, in Markdown: its README.md
 */
public record Shown(Optional<Path> runs, Optional<Path> card) {

    /** None at all. */
    public static final Shown NOTHING = new Shown(Optional.empty(), Optional.empty());

    /** The same with the runs of a folder. */
    public Shown withRuns(Path folder) {
        return new Shown(Optional.of(folder), card);
    }

    /** The same with a card. */
    public Shown withCard(Path file) {
        return new Shown(runs, Optional.of(file));
    }
}
