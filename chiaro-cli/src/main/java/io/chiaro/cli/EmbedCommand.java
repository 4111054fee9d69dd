package io.chiaro.cli;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Turns a file of texts into a file of vectors. */
@Command(
        name = "embed",
        header = "Turn texts into vectors.",
        description = {
            "Reads one text a line (.txt), or the key text of each object (.jsonl), and writes one vector for each, in the"
                    + " same order. Runs on ONNX Runtime: a trained model needs its model.onnx, which fit and export"
                    + " write. The file appears when it is whole."
        },
        sortOptions = false,
        footerHeading = "%nExamples:%n",
        footer = {
            "  chiaro embed --model all-MiniLM-L6-v2 --in texts.txt --out texts.jsonl",
            "  chiaro embed --model out/run/model --in questions.jsonl --key question --role query --out q.npy --format npy",
            "  echo 'a single text' | chiaro embed --model all-MiniLM-L6-v2 --in - --out -"
        })
final class EmbedCommand extends RunnableCommand {

    @Option(names = "--model", paramLabel = "NAME|DIR", required = true, description = "A model name or folder.")
    String model = "";

    @Option(
            names = "--in",
            paramLabel = "FILE",
            required = true,
            description = "The texts: a .jsonl file, or any other file with one text a line; - is standard input.")
    String in = "";

    @Option(
            names = "--out",
            paramLabel = "FILE",
            required = true,
            description = "Where the vectors go; - is standard output (jsonl only).")
    String out = "";

    @Option(
            names = "--format",
            paramLabel = "FORMAT",
            description = "jsonl (default): {\"text\": ..., \"embedding\": [...]} a line; npy: one float32 array"
                    + " [texts, dimension]; parquet: columns text and embedding.")
    @Nullable
    String format;

    @Option(names = "--key", paramLabel = "NAME", description = "The key of the text in a .jsonl line (default: text).")
    String key = "text";

    @Option(
            names = "--role",
            paramLabel = "ROLE",
            description = "Which prompt of the model goes before each text: text (default), query or document.")
    String role = "text";

    @Override
    void run(Output output) throws Exception {
        throw Pending.command("embed");
    }
}
