package io.chiaro.cli.filtering;

import io.chiaro.core.ChiaroException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** By what a model finds of pairs they are dropped. Nothing here names a class of another module, so that help loads none. */
public final class ModelRuleOptions {

    private static final int USUAL_POOL = 10_000;

    @Option(names = "--model", paramLabel = "NAME|DIR", description = "A model that embeds both texts.")
    @Nullable
    String model;

    @Option(names = "--min-similarity", paramLabel = "X", description = "The least cosine of a pair that stays.")
    @Nullable
    Double minSimilarity;

    @Option(
            names = "--keep-share",
            paramLabel = "S",
            description = "Keep this share of the pairs that the texts alone leave, those with the greatest cosines.")
    @Nullable
    Double keepShare;

    @Option(
            names = "--consistency",
            paramLabel = "K",
            description =
                    "Keep a pair if its positive is among the K texts nearest to its anchor, of itself and a random"
                            + " pool of other positives; 2 is usual.")
    @Nullable
    Integer consistency;

    @Option(
            names = "--pool",
            paramLabel = "N",
            description = "Texts in the pool of --consistency (default: 10000, or all if there are fewer).")
    @Nullable
    Integer pool;

    /** The model that is asked, if any is; refuses what does not go together. */
    Optional<String> model() {
        boolean asked = minSimilarity != null || keepShare != null || consistency != null;
        if (asked && model == null) {
            throw ChiaroException.usage(
                    (minSimilarity != null ? "--min-similarity" : keepShare != null ? "--keep-share" : "--consistency")
                            + ": expected the model that embeds, but found none. Give --model.");
        }
        if (!asked && model != null) {
            throw ChiaroException.usage(
                    "--model: has no effect without --min-similarity, --keep-share or --consistency."
                            + " Add one of them, or leave it out.");
        }
        if (pool != null && consistency == null) {
            throw ChiaroException.usage("--pool: has no effect without --consistency. Add it, or leave it out.");
        }
        return Optional.ofNullable(model);
    }

    /** The size of the pool; 0 where no rule asks for one. */
    int pool() {
        return consistency == null ? 0 : pool == null ? USUAL_POOL : pool;
    }
}
