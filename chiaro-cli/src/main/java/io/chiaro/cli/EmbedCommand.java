package io.chiaro.cli;

import io.chiaro.cli.console.OptionValues;
import io.chiaro.cli.console.Output;
import io.chiaro.cli.console.OutputFiles;
import io.chiaro.cli.judging.PictureJudging;
import io.chiaro.core.ChiaroException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Turns a file of texts into a file of vectors. */
@Command(
        name = "embed",
        header = "Turn texts into vectors.",
        description = {
            "Reads one text a line (.txt), or one column of a .jsonl, .csv, .tsv or .parquet file, and writes one vector for each, in the"
                    + " same order. Runs on ONNX Runtime: a trained model needs its model.onnx, which fit and export"
                    + " write. The file appears when it is whole.",
            "--json has what was done: how many texts, in how many seconds, how many of them the model cut, and what the vectors"
                    + " are."
        },
        sortOptions = false,
        footerHeading = "%nExamples:%n",
        footer = {
            "  chiaro embed --model all-MiniLM-L6-v2 --in texts.txt --out texts.jsonl",
            "  chiaro embed --model out/run/model --in questions.jsonl --key question --role query --out q.npy --format npy",
            "  chiaro embed --model out/splade/model --sparse --in texts.txt --out weights.jsonl",
            "  chiaro embed --model out/experts/model --domain law --in texts.txt --out law.jsonl",
            "  echo 'a single text' | chiaro embed --model all-MiniLM-L6-v2 --in - --out -"
        })
final class EmbedCommand extends ReportingCommand {

    @Option(names = "--model", paramLabel = "NAME|DIR", required = true, description = "A model name or folder.")
    String model = "";

    @Option(
            names = "--in",
            paramLabel = "FILE",
            required = true,
            description = "The texts, .txt, .jsonl, .csv, .tsv or .parquet; - is standard input, one text a line. For a"
                    + " model of pictures: pictures, as for chiaro fit.")
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
    String format = "jsonl";

    @Option(names = "--key", paramLabel = "NAME", description = "The key or column of the text (default: text).")
    String key = "text";

    @Option(
            names = "--role",
            paramLabel = "ROLE",
            description = "Which prompt of the model goes before each text: text (default), query or document.")
    String role = "text";

    @Option(
            names = "--sparse",
            description =
                    "The model is a sparse encoder: {\"text\": ..., \"weights\": {token: weight}} a line, heaviest first.")
    boolean sparse;

    @Option(
            names = "--domain",
            paramLabel = "NAME",
            description = "Of a model with experts: the domain of the texts, whose expert they take.")
    @Nullable
    String domain;

    @Option(
            names = "--centre",
            paramLabel = "COLUMN",
            description =
                    "Takes away from each vector the mean of all vectors with its value in this column, such as its"
                            + " language, and brings it back to length one. Embeds the texts twice.")
    @Nullable
    String centre;

    @Mixin
    ShorteningOptions shortening = new ShorteningOptions();

    @Option(
            names = "--skip-bad",
            description = "Count and report rows without a text instead of stopping at the first.")
    boolean skipBad;

    @Override
    Object report(Output output) throws Exception {
        if (json != null && out.equals("-")) {
            throw ChiaroException.usage(
                    "--json: vectors and a document together on standard output would be neither, and"
                            + " --out - takes it. Name a file as --out.");
        }
        if (json != null && !json.equals("-")) {
            OutputFiles.refuseOver("--json", Path.of(json), Path.of(out));
        }
        OptionValues.oneOf("--format", format, "jsonl", "npy", "parquet");
        OptionValues.oneOf("--role", role, "text", "query", "document");
        if (sparse) {
            if (shortening.isAsked()
                    || domain != null
                    || centre != null
                    || !format.equals("jsonl")
                    || !role.equals("text")) {
                throw ChiaroException.usage(
                        "--sparse: weights of tokens are written as jsonl, whole and without a role. Leave"
                                + " --format, --role, --domain, --centre, --first and --active out.");
            }
            return new SparseFile(output, model, in, out, key, skipBad, computeThreads()).run();
        }
        if (PictureJudging.isModel(model)) {
            shortening.refuse();
            if (domain != null || centre != null) {
                throw ChiaroException.usage(
                        "--domain and --centre: pictures have neither experts nor columns. Leave them out.");
            }
            if (!format.equals("npy") || out.equals("-")) {
                throw ChiaroException.usage(
                        "embed: vectors of pictures are written as an array. Give --format npy and a "
                                + "file as --out.");
            }
            return PictureJudging.embed(output, Path.of(model), Path.of(in), Path.of(out));
        }
        if (out.equals("-") && !format.equals("jsonl")) {
            throw ChiaroException.usage(
                    "embed: expected --format jsonl with --out -, but found " + format + ". Name a file instead.");
        }
        return new EmbedFile(
                        output,
                        model,
                        in,
                        out,
                        format,
                        key,
                        role,
                        domain,
                        shortening.first,
                        shortening.active,
                        centre,
                        skipBad,
                        computeThreads())
                .run();
    }
}
