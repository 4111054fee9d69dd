package io.chiaro.cli;

import io.chiaro.cli.console.OptionValues;
import io.chiaro.cli.console.Output;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Makes pairs to learn from out of a collection alone. */
@Command(
        name = "pseudo-queries",
        header = "Make pairs to learn from out of a collection, without labels or a model.",
        description = {
            "A part of each document becomes a question and another part, or all of it, its answer: crops (two spans, drawn"
                    + " independently), inverse-cloze (a sentence and the rest), next-sentence (a sentence and one of the"
                    + " three behind it), words (some that the document has more of than the collection), title (the"
                    + " title and the text).",
            "Learning from such pairs brings a model to the words of a collection that nobody has asked yet. Titles, where"
                    + " there are good ones, are nearest to real questions."
        },
        sortOptions = false,
        footerHeading = "%nExamples:%n",
        footer = {
            "  chiaro data pseudo-queries corpus.jsonl --by title --out pairs.jsonl",
            "  chiaro data pseudo-queries corpus.jsonl.gz --by crops --per-document 4 --out pairs.jsonl",
            "  chiaro fit --data pairs.jsonl --out out/adapted"
        })
final class DataPseudoQueriesCommand extends ReportingCommand {

    @Parameters(
            index = "0",
            paramLabel = "FILE",
            description =
                    "The collection, .jsonl or .jsonl.gz with an id and a text a line, and a title where there is one.")
    Path corpus = Path.of("");

    @Option(
            names = "--by",
            paramLabel = "METHOD",
            description = "crops, inverse-cloze, next-sentence, words or title (default: crops).")
    String by = "crops";

    @Option(names = "--per-document", paramLabel = "N", description = "Pairs of a document, at most (default: 1).")
    int perDocument = 1;

    @Option(names = "--out", paramLabel = "FILE", required = true, description = "Where to write, .jsonl.")
    Path out = Path.of("");

    @Override
    Object report(Output output) throws Exception {
        OptionValues.positive("--per-document", perDocument);
        return PseudoQuestioning.run(output, this);
    }
}
