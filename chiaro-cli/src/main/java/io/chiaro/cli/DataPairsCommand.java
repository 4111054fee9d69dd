package io.chiaro.cli;

import io.chiaro.cli.console.OptionValues;
import io.chiaro.cli.console.Output;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Makes pairs to learn from out of judged queries. */
@Command(
        name = "pairs",
        header = "Make pairs to learn from out of the judged queries of a collection.",
        description = {
            "Reads a folder in BEIR's layout and writes a record for each query and each document that is judged to answer"
                    + " it: anchor, positive, and the ids of both. Title and text of a document stand together, as index,"
                    + " mine and eval read it.",
            "Take the train split; a model that has learned from the judgments of another is no longer judged by them."
        },
        sortOptions = false,
        footerHeading = "%nExamples:%n",
        footer = {
            "  chiaro data pairs scifact --out pairs.jsonl",
            "  chiaro mine --data pairs.jsonl --corpus scifact/corpus.jsonl --model all-MiniLM-L6-v2 --out mined.jsonl",
            "  chiaro fit --data mined.jsonl --recipe info-nce --out out/scifact"
        })
final class DataPairsCommand extends ReportingCommand {

    @Parameters(
            index = "0",
            paramLabel = "DIR",
            description = "corpus.jsonl, queries.jsonl, each also with .gz, and qrels/SPLIT.tsv.")
    Path data = Path.of("");

    @Option(names = "--split", paramLabel = "NAME", description = "Whose judgments (default: train).")
    String split = "train";

    @Option(
            names = "--least-grade",
            paramLabel = "N",
            description = "What a document must be judged at least to be an answer (default: 1).")
    int leastGrade = 1;

    @Option(names = "--out", paramLabel = "FILE", required = true, description = "Where to write, .jsonl.")
    Path out = Path.of("");

    @Override
    Object report(Output output) throws Exception {
        OptionValues.positive("--least-grade", leastGrade);
        return JudgedPairs.run(output, this);
    }
}
