package io.chiaro.cli;

import io.chiaro.cli.console.OptionValues;
import io.chiaro.cli.console.Output;
import io.chiaro.core.ChiaroException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Builds a search index over documents, and changes one. */
@Command(
        name = "index",
        header = "Build a search index over documents, or change one.",
        description = {
            "Reads one document a line: {\"id\": ..., \"text\": ..., \"title\": ..., \"metadata\": {...}}; title and"
                    + " metadata are optional, _id is accepted for id. The index remembers the hash of the model that filled it and refuses another one.",
            "--out writes an index anew. --into adds the documents to one and replaces those whose ids it holds already;"
                    + " --delete takes documents out. Until the command has ended, readers see the index as it was; what it"
                    + " says is done survives a kill.",
            "--sparse adds the weights of a sparse encoder (SPLADE) for search --by sparse; the index remembers its hash, too,"
                    + " and has weights of each document or of none.",
            "Where not every vector is compared in full, because of --quantise, --engine jvector or, beyond 250,000 documents, a"
                    + " graph, the recall of the ten nearest against exact search is measured and said.",
            "--json has what was done: how many documents, in how many seconds, how many texts the model cut, and what the index"
                    + " is now."
        },
        sortOptions = false,
        footerHeading = "%nExamples:%n",
        footer = {
            "  chiaro index --model all-MiniLM-L6-v2 --docs scifact/corpus.jsonl --out out/scifact-index",
            "  chiaro index --model all-MiniLM-L6-v2 --docs scifact/corpus.jsonl --quantise int8 --out out/small-index",
            "  chiaro index --model all-MiniLM-L6-v2 --docs millions.jsonl --engine jvector --out out/large-index",
            "  chiaro index --model all-MiniLM-L6-v2 --sparse out/splade/model --docs docs.jsonl --out out/both",
            "  chiaro index --model all-MiniLM-L6-v2 --docs new.jsonl --into out/scifact-index",
            "  chiaro index --delete 4983 --delete old-ids.txt --into out/scifact-index",
            "  chiaro index --into out/scifact-index --map",
            "  chiaro search --index out/scifact-index --query \"vitamin D and bones\""
        })
final class IndexCommand extends ReportingCommand {

    @Option(
            names = "--model",
            paramLabel = "NAME|DIR",
            description = "A model name or folder; needed where there are documents to embed.")
    @Nullable
    String model;

    @Option(
            names = "--sparse",
            paramLabel = "DIR",
            description =
                    "A sparse encoder that weighs the documents' tokens, too; needed where the index has such weights.")
    @Nullable
    String sparse;

    @Option(names = "--docs", paramLabel = "FILE", description = "The documents, .jsonl.")
    @Nullable
    Path docs;

    @Option(
            names = "--out",
            paramLabel = "DIR",
            description = "Folder of the index: new, empty, or an index, which is replaced.")
    @Nullable
    Path out;

    @Option(
            names = "--into",
            paramLabel = "DIR",
            description = "An index that is changed; with --docs it may be new or empty.")
    @Nullable
    Path into;

    @Option(
            names = "--delete",
            paramLabel = "ID|FILE",
            description =
                    "With --into, documents to take out before any are added: an id, or a file with one id a line."
                            + " May be given again.")
    List<String> delete = new ArrayList<>();

    @Option(
            names = "--map",
            description =
                    "Draw the collection in a plane, for the page of chiaro serve: at most 30,000 documents, evenly over the"
                            + " index. Alone with --into it draws an index that is there. The map is stale once the index changes.")
    boolean map;

    @Option(
            names = "--quantise",
            paramLabel = "int8|binary",
            description =
                    "With --out, compare a byte or a bit a number first and only the best in full; --into keeps what"
                            + " the index has.")
    @Nullable
    String quantise;

    @Option(
            names = "--language",
            paramLabel = "NAME",
            description =
                    "With --out, in which words are compared: english (default), any for words as they are, or another of"
                            + " Lucene's, such as german, french or cjk. --into keeps what the index has.")
    @Nullable
    String language;

    @Option(
            names = "--engine",
            paramLabel = "lucene|jvector",
            description =
                    "With --out, what finds the nearest vectors (default: lucene). jvector walks a graph over product codes, which are"
                            + " all that it holds in memory, and compares the best in full: queries are quicker, building takes longer."
                            + " --into keeps what the index has.")
    @Nullable
    String engine;

    @Override
    Object report(Output output) throws Exception {
        Map<String, Object> document = new LinkedHashMap<>();
        if ((out == null) == (into == null)) {
            throw ChiaroException.usage(
                    "chiaro index: expected --out to write an index anew or --into to change one, but" + " found "
                            + (out == null ? "neither" : "both") + ". Give one of them.");
        }
        if ((docs == null) != (model == null)) {
            throw ChiaroException.usage("chiaro index: expected --model and --docs together, but found only "
                    + (docs == null ? "--model" : "--docs") + ". Give both.");
        }
        if (sparse != null && docs == null) {
            throw ChiaroException.usage("--sparse: has no effect without --docs. Give documents, or leave it out.");
        }
        if (out != null) {
            if (!delete.isEmpty()) {
                throw ChiaroException.usage(
                        "--delete: has no effect with --out, which writes the index anew. Use --into.");
            }
            if (docs == null || model == null) {
                throw ChiaroException.usage("chiaro index: --out needs --model and --docs, but found none. Give both.");
            }
            if (quantise != null) {
                OptionValues.oneOf("--quantise", quantise, "int8", "binary");
            }
            if (engine != null) {
                OptionValues.oneOf("--engine", engine, "lucene", "jvector");
            }
            if (quantise != null && "jvector".equals(engine)) {
                throw ChiaroException.usage(
                        "--quantise: has no effect with --engine jvector, which has product codes of"
                                + " its own. Leave one of them out.");
            }
            document.putAll(Indexing.write(output, this, model, docs, out, computeThreads()));
        } else if (into != null) {
            if (quantise != null) {
                throw ChiaroException.usage(
                        "--quantise: has no effect with --into, which keeps what the index has. Use --out.");
            }
            if (language != null) {
                throw ChiaroException.usage(
                        "--language: has no effect with --into, which keeps what the index has. Use --out.");
            }
            if (engine != null) {
                throw ChiaroException.usage(
                        "--engine: has no effect with --into, which keeps what the index has. Use --out.");
            }
            if (docs == null && delete.isEmpty() && !map) {
                throw ChiaroException.usage("chiaro index: --into needs something to do, but found neither --docs nor"
                        + " --delete nor --map. Give one of them.");
            }
            if (docs != null || !delete.isEmpty()) {
                document.putAll(Indexing.change(output, this, into, computeThreads()));
            }
        }
        if (map) {
            document.put("map", Indexing.draw(output, out != null ? out : Objects.requireNonNull(into), seed));
        }
        return document;
    }
}
