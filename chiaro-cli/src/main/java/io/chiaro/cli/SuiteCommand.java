package io.chiaro.cli;

import io.chiaro.cli.console.OptionValues;
import io.chiaro.cli.console.Output;
import io.chiaro.cli.quickstart.QuietLucene;
import io.chiaro.cli.suite.SuiteRun;
import io.chiaro.core.ChiaroException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Judges systems on many tasks. */
@Command(
        name = "suite",
        header = "Judge models on many tasks, and go on where it was stopped.",
        description = {
            "SUITE is a file {\"tasks\": [{\"name\", \"task\", \"data\", \"split\", \"columns\"}, ...]} with the tasks of chiaro"
                    + " eval, or a folder of BEIR folders. Data are looked for beside it, then as chiaro eval does.",
            "--out keeps a result for each system and task, with its protocol, rankings in TREC's form, and the figures in MTEB's"
                    + " shape. On retrieval each system is laid beside the first, baselines before models, query by query.",
            "The same command again judges only what is missing or has changed: data, model, seed or version."
        },
        sortOptions = false,
        footerHeading = "%nExamples:%n",
        footer = {
            "  chiaro suite english.json --baseline bm25 --model all-MiniLM-L6-v2 --model out/run/model --out out/suite",
            "  chiaro suite beir --baseline bm25 --model out/run/model --with-bm25 out/run/model --out out/beir --json -"
        })
final class SuiteCommand extends ReportingCommand {

    @Parameters(index = "0", paramLabel = "SUITE", description = "The tasks: a file, or a folder of BEIR folders.")
    Path suite = Path.of("");

    @Option(names = "--model", paramLabel = "NAME|DIR", description = "A model that is judged; may be given again.")
    List<String> models = new ArrayList<>();

    @Option(
            names = "--with-bm25",
            paramLabel = "NAME|DIR",
            description =
                    "A model that searches together with BM25, by calibrated scores that count alike; judged on retrieval, may be"
                            + " given again.")
    List<String> hybrids = new ArrayList<>();

    @Option(
            names = "--baseline",
            paramLabel = "NAME",
            description = "A baseline beside them: bm25 or random; may be given again.")
    List<String> baselines = new ArrayList<>();

    @Option(names = "--out", paramLabel = "DIR", required = true, description = "Folder of the results.")
    Path out = Path.of("");

    @Option(
            names = "--allow-leaks",
            description =
                    "Judge also on data of which it is known that the model learned from them, or from texts of theirs.")
    boolean allowLeaks;

    private List<String> failures = List.of();

    @Override
    Object report(Output output) {
        if (models.isEmpty() && hybrids.isEmpty() && baselines.isEmpty()) {
            throw ChiaroException.usage(
                    "suite: expected something to judge, but found none. Add --model, --with-bm25 or --baseline.");
        }
        baselines.forEach(name -> OptionValues.oneOf("--baseline", name, "bm25", "random"));
        QuietLucene.apply();
        SuiteRun.Outcome outcome = SuiteRun.run(
                output,
                new SuiteRun.Request(suite, models, hybrids, baselines, out, allowLeaks, seed, computeThreads()));
        failures = outcome.failures();
        return outcome.document();
    }

    @Override
    void afterReport(Object document) {
        if (!failures.isEmpty()) {
            throw ChiaroException.data("suite: expected all to be judged, but " + failures.size()
                    + " could not be. The first: " + failures.get(0));
        }
    }
}
