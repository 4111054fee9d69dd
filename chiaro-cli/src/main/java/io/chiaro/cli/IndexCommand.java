package io.chiaro.cli;

import io.chiaro.cli.console.Output;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Builds a search index over documents. */
@Command(
        name = "index",
        header = "Build a search index over documents.",
        description =
                "Reads one document a line: {\"id\": ..., \"text\": ..., \"title\": ...}; the title is optional, _id is"
                        + " accepted for id. The index remembers the hash of the model that filled it and refuses another one.",
        sortOptions = false,
        footerHeading = "%nExamples:%n",
        footer = {
            "  chiaro index --model all-MiniLM-L6-v2 --docs scifact/corpus.jsonl --out out/scifact-index",
            "  chiaro search --index out/scifact-index --query \"vitamin D and bones\""
        })
final class IndexCommand extends RunnableCommand {

    @Option(names = "--model", paramLabel = "NAME|DIR", required = true, description = "A model name or folder.")
    String model = "";

    @Option(names = "--docs", paramLabel = "FILE", required = true, description = "The documents, .jsonl.")
    Path docs = Path.of("");

    @Option(
            names = "--out",
            paramLabel = "DIR",
            required = true,
            description = "Folder of the index: new, empty, or an index, which is replaced.")
    Path out = Path.of("");

    @Override
    void run(Output output) throws Exception {
        Searching.index(output, model, docs, out, computeThreads());
    }
}
