package io.chiaro.cli;

import io.chiaro.cli.console.OptionValues;
import io.chiaro.cli.console.Output;
import io.chiaro.cli.searching.RerankOptions;
import io.chiaro.cli.searching.SearchOptions;
import io.chiaro.cli.searching.Searching;
import io.chiaro.core.ChiaroException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Searches an index. */
@Command(
        name = "search",
        header = "Search an index.",
        description =
                "Embeds the query with the model that filled the index and prints the nearest documents, best first. Words find"
                        + " names and rare terms, vectors find paraphrases, --by hybrid both. --by sparse compares the weights of"
                        + " tokens, where the index has them (chiaro index --sparse).",
        sortOptions = false,
        footerHeading = "%nExamples:%n",
        footer = {
            "  chiaro search --index out/quickstart/index --query \"a person who mends shoes\"",
            "  chiaro search --index out/scifact-index --query \"vitamin D and bones\" -k 3 --json -",
            "  chiaro search --index out/scifact-index --query \"BRCA1 mutation\" --by hybrid",
            "  chiaro search --index out/both --query \"BRCA1 mutation\" --by hybrid --sparse-weight 0.3",
            "  chiaro search --index out/papers --query \"lark song\" --filter \"year>=2020\" --facet topic --highlight",
            "  chiaro search --index out/scifact-index --query \"statins and age\" --by hybrid --rerank out/reranker/model",
            "  chiaro search --index out/scifact-index --query \"aspirin and stroke\" --by hybrid --explain -k 3"
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

    @Mixin
    SearchOptions asked = new SearchOptions();

    @Option(
            names = "--filter",
            paramLabel = "CONDITIONS",
            description =
                    "Find only documents whose metadata meet conditions like year>=2020,topic=birds|tea,draft!=true, or"
                            + " a filter in JSON.")
    @Nullable
    String filter;

    @Option(
            names = "--facet",
            paramLabel = "NAME",
            description =
                    "Count the values of this metadata: with --by words over the documents that have a word of the"
                            + " query, else over all that meet the filter. May be given again.")
    List<String> facets = new ArrayList<>();

    @Option(names = "--highlight", description = "Show the sentences of each hit that have words of the query.")
    boolean highlight;

    @Option(
            names = "--explain",
            description =
                    "Say why each hit stands where it stands: its place and score by words, by vectors and, where they are"
                            + " asked for, by weights of tokens, which words and tokens made them, and what is near it.")
    boolean explain;

    @Mixin
    RerankOptions reranking = new RerankOptions();

    @Override
    Object report(Output output) throws Exception {
        OptionValues.positive("-k", k);
        if (query.isBlank()) {
            throw ChiaroException.usage("--query: expected a text, but found an empty one. Write what to look for.");
        }
        asked.check();
        reranking.check();
        Searching.Request request = new Searching.Request(
                index,
                query,
                k,
                Optional.ofNullable(model),
                Optional.ofNullable(filter),
                facets,
                highlight,
                explain,
                asked,
                reranking);
        return Searching.search(output, request, computeThreads());
    }
}
