package io.chiaro.cli.judging;

import io.chiaro.cli.console.OptionValues;
import io.chiaro.core.ChiaroException;
import io.chiaro.model.RerankedRanker;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What puts in order what was found. Nothing here names a class of a model, so that help loads none. */
public final class RerankOptions {

    @Option(
            names = "--rerank",
            paramLabel = "DIR",
            description = "A cross-encoder or late-interaction model (chiaro fit) that puts what was found in order.")
    public @Nullable String rerank;

    @Option(
            names = "--depth",
            paramLabel = "N",
            description = "With --rerank: how many of what was found it looks at (default: 100).")
    @Nullable
    Integer depth;

    /** Refuses a depth without a reranker. */
    public void check() {
        OptionValues.positive("--depth", depth);
        if (depth != null && rerank == null) {
            throw ChiaroException.usage("--depth: has no effect without --rerank. Add it, or leave the option out.");
        }
    }

    /** How many documents are looked at. */
    public int depth() {
        return depth == null ? RerankedRanker.USUAL_DEPTH : depth;
    }
}
