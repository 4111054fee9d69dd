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
            "Reads two runs in TREC's form, of chiaro eval --run or of any other tool, and the judgments of a BEIR folder."
                    + " Prints the means, their difference with the p-value of a paired randomisation test, and how many"
                    + " queries each wins.",
            "--out writes a page with the queries on which they differ most, and what each found."
        },
        sortOptions = false,
        footerHeading = "%nExamples:%n",
        footer = {
            "  chiaro eval --baseline bm25 --task retrieval --data scifact --run bm25.trec",
            "  chiaro eval --model out/run/model --task retrieval --data scifact --run tuned.trec",
            "  chiaro versus tuned.trec bm25.trec --data scifact --out versus.html"
        })
final class VersusCommand extends ReportingCommand {

    @Parameters(index = "0", paramLabel = "RUN", description = "The first system's run.")
    Path first = Path.of("");

    @Parameters(index = "1", paramLabel = "RUN", description = "The second's.")
    Path second = Path.of("");

    @Option(names = "--data", paramLabel = "DIR", required = true, description = "The BEIR folder with the judgments.")
    Path data = Path.of("");

    @Option(names = "--split", paramLabel = "NAME", description = "Split of the data (default: test).")
    String split = "test";

    @Option(names = "--metric", paramLabel = "KEY", description = "What they are compared by (default: ndcg@10).")
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
        return Versus.run(output, this);
    }
}
