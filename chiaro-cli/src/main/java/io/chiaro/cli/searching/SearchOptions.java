package io.chiaro.cli.searching;

import io.chiaro.cli.console.OptionValues;
import io.chiaro.core.ChiaroException;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How an index is asked. Nothing here names a class of another module, so that help loads none. */
public final class SearchOptions {

    @Option(
            names = "--by",
            paramLabel = "vectors|words|sparse|hybrid",
            description =
                    "Of an index, what is compared: the vectors of the model, the words by BM25, the weights of a sparse"
                            + " encoder, or vectors and words together (default: vectors).")
    @Nullable
    String by;

    @Option(
            names = "--fusion",
            paramLabel = "ranks|scores",
            description = "How hybrid search makes one ranking of two: reciprocal ranks or calibrated scores (default:"
                    + " scores).")
    @Nullable
    String fusion;

    @Option(
            names = "--vector-weight",
            paramLabel = "X",
            description = "In hybrid search, the share of the vectors, from 0 to 1 (default: 0.5).")
    @Nullable
    Double vectorWeight;

    @Option(
            names = "--sparse-weight",
            paramLabel = "X",
            description =
                    "In hybrid search, ask the sparse encoder, too, and give it this share, from 0 to 1; vectors and words"
                            + " divide the rest.")
    @Nullable
    Double sparseWeight;

    @Option(
            names = "--sparse",
            paramLabel = "DIR",
            description = "Where the sparse encoder is now, if it moved since the index was built.")
    @Nullable
    String sparse;

    /** Refuses what has no effect and what is out of range. */
    public void check() {
        SearchBy asked = by();
        if (asked != SearchBy.HYBRID) {
            hybridAlone().findFirst().ifPresent(option -> {
                throw ChiaroException.usage(
                        option + ": has no effect without --by hybrid. Add it, or leave the option out.");
            });
        }
        if (sparse != null && asked != SearchBy.SPARSE && sparseWeight == null) {
            throw ChiaroException.usage("--sparse: has no effect without --by sparse, or --by hybrid with"
                    + " --sparse-weight. Add one of them, or leave the option out.");
        }
        if (fusion != null) {
            OptionValues.oneOf("--fusion", fusion, "ranks", "scores");
        }
        OptionValues.share("--vector-weight", vectorWeight);
        OptionValues.share("--sparse-weight", sparseWeight);
    }

    /** The option that was given and means something for an index alone, if one was. */
    public Optional<String> ofIndexAlone() {
        return Stream.of(
                        by == null ? null : "--by",
                        fusion == null ? null : "--fusion",
                        sparseWeight == null ? null : "--sparse-weight",
                        sparse == null ? null : "--sparse")
                .filter(Objects::nonNull)
                .findFirst();
    }

    private Stream<String> hybridAlone() {
        return Stream.of(
                        fusion == null ? null : "--fusion",
                        vectorWeight == null ? null : "--vector-weight",
                        sparseWeight == null ? null : "--sparse-weight")
                .filter(Objects::nonNull);
    }

    public SearchBy by() {
        return by == null ? SearchBy.VECTORS : SearchBy.named(by);
    }

    /** The share of the vectors that was told. */
    public Optional<Double> vectorWeight() {
        return Optional.ofNullable(vectorWeight);
    }

    /** The fusion that was told. */
    Optional<String> fusion() {
        return Optional.ofNullable(fusion);
    }

    /** The share of the sparse vectors that was told. */
    Optional<Double> sparseWeight() {
        return Optional.ofNullable(sparseWeight);
    }

    /** Whether the sparse encoder is asked. */
    public boolean weighsTokens() {
        return by() == SearchBy.SPARSE || sparseWeight != null;
    }

    /** Where the sparse encoder is now, if that was told. */
    public Optional<String> sparse() {
        return Optional.ofNullable(sparse);
    }
}
