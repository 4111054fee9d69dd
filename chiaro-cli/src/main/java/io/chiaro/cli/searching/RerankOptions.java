package io.chiaro.cli.searching;

import io.chiaro.cli.console.OptionValues;
import io.chiaro.core.ChiaroException;
import io.chiaro.model.RerankedRanker;
import java.util.Optional;
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

    @Option(
            names = "--rerank-weight",
            paramLabel = "X",
            description = "With --rerank: the share of its scores beside those before, from 0 to 1 (default: 1).")
    @Nullable
    Double weight;

    /** Refuses what says how to rerank without a reranker. */
    public void check() {
        OptionValues.positive("--depth", depth);
        OptionValues.share("--rerank-weight", weight);
        if (rerank == null && (depth != null || weight != null)) {
            throw ChiaroException.usage((depth != null ? "--depth" : "--rerank-weight")
                    + ": has no effect without --rerank. Add it, or leave the option out.");
        }
    }

    /** The share of the reranker's scores that was told. */
    public Optional<Double> weight() {
        return Optional.ofNullable(weight);
    }

    /** How many documents are looked at. */
    public int depth() {
        return depth == null ? RerankedRanker.USUAL_DEPTH : depth;
    }
}
