package io.chiaro.cli;

import io.chiaro.cli.console.Output;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Reads a data file from end to end and says what is in it and what is wrong with it. */
@Command(
        name = "check",
        header = "Check a data file: roles, lengths, duplicates, leaks between splits.",
        description = "Reads every record. Exit code 3 if a record cannot be read as its roles say.",
        sortOptions = false,
        footerHeading = "%nExamples:%n",
        footer = {
            "  chiaro data check pairs.jsonl",
            "  chiaro data check noheader.tsv.gz --roles anchor=#1,positive=#2,score=#3",
            "  chiaro data check train.csv --roles anchor=question,positive=answer --against test.csv --json -"
        })
final class DataCheckCommand extends ReportingCommand {

    @Parameters(
            index = "0",
            paramLabel = "FILE",
            description = "The records: .jsonl, .csv, .tsv, .txt (each also with .gz) or .parquet.")
    Path file = Path.of("");

    @Option(
            names = "--roles",
            paramLabel = "ROLE=COLUMN,...",
            description = "Which column plays which role: anchor, positive, negative, label, score; #1, #2 ... are the"
                    + " columns of a .csv or .tsv without a header.")
    @Nullable
    String roles;

    @Option(
            names = "--against",
            paramLabel = "FILE",
            description = "Another split: texts that occur in both are leaks; can be given more than once.")
    List<Path> against = new ArrayList<>();

    @Override
    Object report(Output output) throws Exception {
        List<Path> files = new ArrayList<>(List.of(file));
        files.addAll(against);
        return DataChecking.run(output, files, roles);
    }

    @Override
    void afterReport(Object document) {
        DataChecking.refuseBadRows(document);
    }
}
