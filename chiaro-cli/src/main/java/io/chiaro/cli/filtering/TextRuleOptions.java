package io.chiaro.cli.filtering;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** By what texts alone pairs are dropped. Nothing here names a class of another module, so that help loads none. */
public final class TextRuleOptions {

    @Option(
            names = "--captions",
            description =
                    "Start from bounds for captions: 3 to 20 words, 3 different ones, a share of letters of 0.5, at most 10"
                            + " pairs of a text (default: bounds for pairs of any kind, which stand below).")
    boolean captions;

    @Option(names = "--min-words", paramLabel = "N", description = "Words of each text, at least (default: 1; 0: any).")
    @Nullable
    Integer minWords;

    @Option(names = "--max-words", paramLabel = "N", description = "Words of each text, at most (default: 0, any).")
    @Nullable
    Integer maxWords;

    @Option(
            names = "--min-distinct-words",
            paramLabel = "N",
            description = "Different words of each text, at least (default: 0, any).")
    @Nullable
    Integer minDistinctWords;

    @Option(
            names = "--min-letters",
            paramLabel = "X",
            description = "Share of letters among the characters of each text, at least (default: 0.25; 0: any).")
    @Nullable
    Double minLetters;

    @Option(
            names = "--max-repetition",
            paramLabel = "X",
            description = "Share of a text's words that are one word, at most (default: 0.5; 1: any).")
    @Nullable
    Double maxRepetition;

    @Option(
            names = "--copies",
            paramLabel = "equal|contained|keep",
            description =
                    "Drop positives that are equal to the anchor, also those that contain it word by word, or none"
                            + " (default: equal).")
    @Nullable
    String copies;

    @Option(
            names = "--max-shared",
            paramLabel = "N",
            description =
                    "Pairs that a text may stand in as anchor, and as positive, at most (default: 0, any number).")
    @Nullable
    Integer maxShared;

    @Option(
            names = "--min-word-texts",
            paramLabel = "N",
            description = "Texts of the file that have each word of a pair, at least (default: 0, any).")
    @Nullable
    Integer minWordTexts;
}
