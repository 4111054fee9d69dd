package io.chiaro.cli;

import io.chiaro.cli.console.Output;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Lets a teacher score pairs. */
@Command(
        name = "score",
        header =
                "Score pairs by a cross-encoder or a late-interaction model, or sort them into classes, for another model to learn from.",
        description = {
            "Writes each pair with the score of the model and the other columns of its row. Pairs that have a score already get the model's in its"
                    + " place, and how far both agree is told: Spearman's correlation.",
            "A cross-encoder with classes writes the class of each pair as its label, with its probability; where pairs"
                    + " have a label already, the share of them that gets it is told.",
            "For pairs with negatives, chiaro mine --rescore scores all candidates."
        },
        sortOptions = false,
        footerHeading = "%nExamples:%n",
        footer = {
            "  chiaro data score pairs.jsonl --by out/reranker/model --out taught.jsonl",
            "  chiaro data score stsb/stsb-en-train.csv --roles anchor=#1,positive=#2,score=#3 --by out/reranker/model \\",
            "      --logistic --out taught.jsonl",
            "  chiaro fit --data taught.jsonl --recipe pair-regression --out out/student"
        })
final class DataScoreCommand extends ReportingCommand {

    @Parameters(index = "0", paramLabel = "FILE", description = "Pairs, read as for chiaro fit.")
    Path data = Path.of("");

    @Option(
            names = "--roles",
            paramLabel = "ROLE=COLUMN,...",
            description = "Which column plays which role, as for chiaro fit.")
    @Nullable
    String roles;

    @Option(
            names = "--by",
            paramLabel = "DIR",
            required = true,
            description = "The folder of a cross-encoder or of a late-interaction model.")
    String by = "";

    @Option(
            names = "--logistic",
            description =
                    "Bring scores between 0 and 1 by the logistic function, as the loss pointwise and readers of a"
                            + " cross-encoder may do.")
    boolean logistic;

    @Option(names = "--out", paramLabel = "FILE", required = true, description = "Where to write, .jsonl.")
    Path out = Path.of("");

    @Override
    Object report(Output output) {
        return PairScoring.run(output, this);
    }
}
