package io.chiaro.cli;

import io.chiaro.cli.console.OptionValues;
import io.chiaro.cli.console.Output;
import io.chiaro.core.ChiaroException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Searches an index. */
@Command(
        name = "search",
        header = "Search an index.",
        description =
                "Embeds the query with the model that filled the index and prints the nearest documents, best first.",
        sortOptions = false,
        footerHeading = "%nExamples:%n",
        footer = {
            "  chiaro search --index out/quickstart/index --query \"a person who mends shoes\"",
            "  chiaro search --index out/scifact-index --query \"vitamin D and bones\" -k 3 --json -"
        })
final class SearchCommand extends ReportingCommand {

    @Option(names = "--index", paramLabel = "DIR", required = true, description = "The folder that chiaro index wrote.")
    Path index = Path.of("");

    @Option(names = "--query", paramLabel = "TEXT", required = true, description = "What to look for.")
    String query = "";

    @Option(names = "-k", paramLabel = "N", description = "How many documents (default: 10).")
    int k = 10;

    @Option(
            names = "--model",
            paramLabel = "NAME|DIR",
            description = "Where the model is now, if it moved since the index was built.")
    @Nullable
    String model;

    @Override
    Object report(Output output) throws Exception {
        OptionValues.positive("-k", k);
        if (query.isBlank()) {
            throw ChiaroException.usage("--query: expected a text, but found an empty one. Write what to look for.");
        }
        return Searching.search(output, index, query, k, model, computeThreads());
    }
}
