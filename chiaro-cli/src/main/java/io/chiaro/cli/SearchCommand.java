package io.chiaro.cli;

import io.chiaro.cli.console.OptionValues;
import io.chiaro.cli.console.Output;
import io.chiaro.cli.judging.RerankOptions;
import io.chiaro.core.ChiaroException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
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
            "  chiaro search --index out/scifact-index --query \"statins and age\" --by hybrid --rerank out/reranker/model"
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

    @Option(
            names = "--by",
            paramLabel = "vectors|words|sparse|hybrid",
            description =
                    "What is compared: the vectors of the model, the words by BM25, the weights of a sparse encoder, or"
                            + " vectors and words together (default: vectors).")
    String by = "vectors";

    @Option(
            names = "--fusion",
            paramLabel = "ranks|scores",
            description = "How hybrid search makes one ranking of two: reciprocal ranks or calibrated scores (default:"
                    + " scores).")
    @Nullable
    String fusion;

    @Option(
            names = "--vector-weight",
            paramLabel = "X",
            description = "In hybrid search, the share of the vectors, from 0 to 1 (default: 0.5).")
    @Nullable
    Double vectorWeight;

    @Option(
            names = "--sparse-weight",
            paramLabel = "X",
            description =
                    "In hybrid search, ask the sparse encoder, too, and give it this share, from 0 to 1; vectors and words"
                            + " divide the rest.")
    @Nullable
    Double sparseWeight;

    @Option(
            names = "--sparse",
            paramLabel = "DIR",
            description = "Where the sparse encoder is now, if it moved since the index was built.")
    @Nullable
    String sparse;

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

    @Mixin
    RerankOptions reranking = new RerankOptions();

    @Override
    Object report(Output output) throws Exception {
        OptionValues.positive("-k", k);
        if (query.isBlank()) {
            throw ChiaroException.usage("--query: expected a text, but found an empty one. Write what to look for.");
        }
        OptionValues.oneOf("--by", by, "vectors", "words", "sparse", "hybrid");
        if ((fusion != null || vectorWeight != null || sparseWeight != null) && !by.equals("hybrid")) {
            throw ChiaroException.usage(
                    (fusion != null ? "--fusion" : vectorWeight != null ? "--vector-weight" : "--sparse-weight")
                            + ": has no effect without --by hybrid. Add it, or leave the option out.");
        }
        if (sparse != null && !by.equals("sparse") && sparseWeight == null) {
            throw ChiaroException.usage("--sparse: has no effect without --by sparse, or --by hybrid with"
                    + " --sparse-weight. Add one of them, or leave the option out.");
        }
        if (fusion != null) {
            OptionValues.oneOf("--fusion", fusion, "ranks", "scores");
        }
        OptionValues.share("--vector-weight", vectorWeight);
        OptionValues.share("--sparse-weight", sparseWeight);
        reranking.check();
        return Searching.search(output, this, computeThreads());
    }
}
