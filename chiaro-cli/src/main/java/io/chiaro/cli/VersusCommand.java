package io.chiaro.cli;

import io.chiaro.cli.console.OptionValues;
import io.chiaro.cli.console.Output;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Lays two rankings of the same queries side by side. */
@Command(
        name = "versus",
        header = "Lay two retrieval systems side by side, query by query, and say whether they differ.",
        description = {
            "Reads two runs in TREC's form, of chiaro eval --run or of any other tool, and the judgments of a BEIR folder"
                    + " or of a file alone (--qrels). Prints the means, their difference with the p-value of a paired randomisation test, and how many"
                    + " queries each wins.",
            "A single run is judged alone: its figures are printed.",
            "--out writes a page with the queries on which they differ most, and what each found; where only judgments are"
                    + " there, ids stand for the texts."
        },
        sortOptions = false,
        footerHeading = "%nExamples:%n",
        footer = {
            "  chiaro eval --baseline bm25 --task retrieval --data scifact --run bm25.trec",
            "  chiaro eval --model out/run/model --task retrieval --data scifact --run tuned.trec",
            "  chiaro versus tuned.trec bm25.trec --data scifact --out versus.html",
            "  chiaro versus tuned.trec --qrels judgments.qrels.gz"
        })
final class VersusCommand extends ReportingCommand {

    @Parameters(index = "0", paramLabel = "RUN", description = "The first system's run.")
    Path first = Path.of("");

    @Parameters(index = "1", arity = "0..1", paramLabel = "RUN", description = "The second's.")
    @Nullable
    Path second;

    @Option(names = "--data", paramLabel = "DIR", description = "The BEIR folder with the judgments.")
    @Nullable
    Path data;

    @Option(
            names = "--qrels",
            paramLabel = "FILE",
            description = "The judgments alone, in TREC's form (query iteration document grade) or as a table with the"
                    + " columns query-id, corpus-id and score, also with .gz.")
    @Nullable
    Path qrels;

    @Option(names = "--split", paramLabel = "NAME", description = "Split of --data (default: test).")
    @Nullable
    String split;

    @Option(
            names = "--metric",
            paramLabel = "KEY",
            description = "What they are compared by (default: ndcg@10); of a single run, one figure more.")
    String metric = "ndcg@10";

    @Option(
            names = "--samples",
            paramLabel = "N",
            description = "Assignments of signs that the test draws (default: 100000).")
    int samples = 100_000;

    @Option(names = "--out", paramLabel = "FILE", description = "Write a page with the queries that tell them apart.")
    @Nullable
    Path out;

    @Override
    Object report(Output output) throws Exception {
        OptionValues.positive("--samples", samples);
        return second == null ? JudgedRun.run(output, this) : Versus.run(output, this, second);
    }
}
