package io.chiaro.cli;

import io.chiaro.cli.console.OptionValues;
import io.chiaro.cli.console.Output;
import io.chiaro.core.ChiaroException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Finds hard negatives for pairs. */
@Command(
        name = "mine",
        header = "Find hard negatives for pairs: texts that a model takes for answers and that are none.",
        description = {
            "Reads pairs, searches the positives and --corpus exactly by the model, and writes each pair with the nearest"
                    + " texts that are none of its anchor's positives, as a file that chiaro fit reads, with the other columns of its row."
                    + " A table says why candidates were left out.",
            "The nearest texts are often answers that nobody marked: pass over some of them, or ask for a margin below the"
                    + " positive's score, or let another model judge (--guide)."
        },
        sortOptions = false,
        footerHeading = "%nExamples:%n",
        footer = {
            "  chiaro mine --data pairs.jsonl --model all-MiniLM-L6-v2 --out mined.jsonl",
            "  chiaro mine --data pairs.jsonl --corpus docs.jsonl --model out/run/model --relative-margin 0.05 --out mined.jsonl",
            "  chiaro mine --data pairs.jsonl --model bge-small-en-v1.5 --with-scores --out teacher.jsonl",
            "  chiaro mine --data pairs.jsonl --model all-MiniLM-L6-v2 --rescore out/reranker/model --with-scores --out taught.jsonl",
            "  chiaro fit --data mined.jsonl --recipe info-nce --out out/harder"
        })
final class MineCommand extends ReportingCommand {

    @Option(names = "--data", paramLabel = "FILE", required = true, description = "Pairs, read as for chiaro fit.")
    Path data = Path.of("");

    @Option(
            names = "--roles",
            paramLabel = "ROLE=COLUMN,...",
            description = "Which column is anchor and which positive, as for chiaro fit.")
    @Nullable
    String roles;

    @Option(
            names = "--model",
            paramLabel = "NAME|DIR",
            required = true,
            description = "The model that finds what is near: the one to be trained, or a stronger one.")
    String model = "";

    @Option(
            names = "--corpus",
            paramLabel = "FILE",
            description =
                    "More texts to find negatives among, .jsonl with an id and a text a line (default: the positives alone).")
    @Nullable
    Path corpus;

    @Option(names = "--out", paramLabel = "FILE", required = true, description = "Where to write, .jsonl.")
    Path out = Path.of("");

    @Option(names = "--negatives", paramLabel = "N", description = "Negatives of each pair (default: 3).")
    int negatives = 3;

    @Option(
            names = "--range-min",
            paramLabel = "N",
            description = "Ranks passed over, the positives not counted (default: 0).")
    int rangeMin;

    @Option(
            names = "--range-max",
            paramLabel = "N",
            description =
                    "The last rank looked at (default: as many as are asked for, ten times as many where a score may"
                            + " refuse some, a guide or --rescore has a say or some are drawn).")
    @Nullable
    Integer rangeMax;

    @Option(
            names = "--absolute-margin",
            paramLabel = "X",
            description = "A negative's score is at most that of the anchor's lowest positive less this.")
    @Nullable
    Double absoluteMargin;

    @Option(
            names = "--relative-margin",
            paramLabel = "X",
            description =
                    "A negative's score is at most that of the anchor's lowest positive less this share of it, for example 0.05.")
    @Nullable
    Double relativeMargin;

    @Option(names = "--max-score", paramLabel = "X", description = "No negative has a greater score.")
    @Nullable
    Double maxScore;

    @Option(names = "--min-score", paramLabel = "X", description = "No negative has a smaller score.")
    @Nullable
    Double minScore;

    @Option(
            names = "--guide",
            paramLabel = "NAME|DIR",
            description = "Another model: what it finds at least as near as the positive is no negative.")
    @Nullable
    String guide;

    @Option(
            names = "--guide-margin",
            paramLabel = "X",
            description = "How much less near than the positive the guide must find a negative (default: 0).")
    @Nullable
    Double guideMargin;

    @Option(
            names = "--rescore",
            paramLabel = "DIR",
            description =
                    "A cross-encoder or late-interaction model: its scores take the place of the model's before any margin or bound is looked at, choose what is taken, and"
                            + " are those that --with-scores writes.")
    @Nullable
    String rescore;

    @Option(
            names = "--sampling",
            paramLabel = "top|random",
            description = "Which of the candidates: the nearest, or any (default: top).")
    String sampling = "top";

    @Option(
            names = "--form",
            paramLabel = "lists|triplets",
            description =
                    "One line a pair with all its negatives, or one line for each negative, also where there are fewer (default: lists).")
    String form = "lists";

    @Option(
            names = "--with-scores",
            description = "Write the model's scores of the positive and of each negative too, to distil it"
                    + " (recipes margin-mse and kl-distillation).")
    boolean withScores;

    @Override
    Object report(Output output) throws Exception {
        OptionValues.positive("--negatives", negatives);
        OptionValues.oneOf("--sampling", sampling, "top", "random");
        OptionValues.oneOf("--form", form, "lists", "triplets");
        if (guideMargin != null && guide == null) {
            throw ChiaroException.usage(
                    "--guide-margin: has no effect without --guide. Give a guide, or leave it out.");
        }
        return Mining.run(output, this);
    }
}
