package io.chiaro.cli;

import io.chiaro.cli.comparison.HeldOut;
import io.chiaro.cli.console.Output;
import io.chiaro.cli.filtering.Filtering;
import io.chiaro.cli.filtering.ModelRuleOptions;
import io.chiaro.cli.filtering.TextRuleOptions;
import io.chiaro.cli.judging.Judging;
import io.chiaro.data.BadRows;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Leaves out of a file of pairs those that are not worth learning from, and says why. */
@Command(
        name = "filter",
        header = "Leave out of a file of pairs those that teach nothing, and say why.",
        description = {
            "Drops pairs of texts (question and answer, caption and description) by what the texts alone tell: empty,"
                    + " too short, signs instead of language, one word over and over, a copy, a text that stands in many pairs;"
                    + " and, with a model, pairs whose texts are not near each other.",
            "What stays keeps its order and its columns. A table says how many pairs each rule dropped as the first, how many it"
                    + " would drop alone, and where the first of them stands."
        },
        sortOptions = false,
        footerHeading = "%nExamples:%n",
        footer = {
            "  chiaro data filter pairs.jsonl --out better.jsonl",
            "  chiaro data filter captions.tsv --roles anchor=title,positive=caption --captions --dropped why.jsonl",
            "  chiaro data filter pairs.jsonl --model all-MiniLM-L6-v2 --consistency 2 --out better.jsonl",
            "  chiaro data filter pairs.jsonl --model all-MiniLM-L6-v2 --keep-share 0.3 --json -"
        })
final class DataFilterCommand extends ReportingCommand {

    @Parameters(
            index = "0",
            paramLabel = "FILE",
            description = "The pairs: .jsonl, .csv, .tsv, .txt (each also with .gz) or .parquet.")
    Path data = Path.of("");

    @Option(
            names = "--roles",
            paramLabel = "ROLE=COLUMN,...",
            description = "Which column is anchor and which positive, as for chiaro fit.")
    @Nullable
    String roles;

    @Mixin
    TextRuleOptions texts = new TextRuleOptions();

    @Mixin
    ModelRuleOptions model = new ModelRuleOptions();

    @Option(names = "--skip-bad", description = "Count and report bad records instead of stopping at the first.")
    boolean skipBad;

    @Option(names = "--out", paramLabel = "FILE", description = "Write the pairs that stay there, .jsonl.")
    @Nullable
    Path out;

    @Option(
            names = "--dropped",
            paramLabel = "FILE",
            description = "Write the others there, .jsonl: line, rule, cosine and rank where a model was asked, texts.")
    @Nullable
    Path dropped;

    @Override
    Object report(Output output) throws Exception {
        Path file = Judging.located(data);
        return Filtering.run(
                output,
                new Filtering.Told(
                        file,
                        HeldOut.roles(file, roles),
                        skipBad ? BadRows.SKIP : BadRows.STOP,
                        texts,
                        model,
                        Optional.ofNullable(out),
                        Optional.ofNullable(dropped),
                        seed,
                        computeThreads()));
    }
}
