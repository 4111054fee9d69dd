package io.chiaro.cli;

import io.chiaro.cli.console.OptionValues;
import io.chiaro.cli.console.Output;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Writes a model for other runtimes. */
@Command(
        name = "export",
        header = "Write a model for other runtimes.",
        description =
                "Writes an ONNX graph with two outputs, token_embeddings and the pooled, normalised sentence_embedding,"
                        + " and checks it against the model in ONNX Runtime before it says that it is done. A model of"
                        + " pictures becomes a graph from pixel_values, [batch, channels, height, width] from 0 to 1, to"
                        + " picture_embedding. The graph of a cross-encoder has one output, logits.",
        sortOptions = false,
        footerHeading = "%nExamples:%n",
        footer = {
            "  chiaro export --model out/run/model --out out/onnx",
            "  chiaro export --model out/run/model --out out/bytes --precision int8",
            "  chiaro export --model out/run/model --layers 3 --out out/small",
            "  chiaro export --model out/experts/model --domain law --out out/law"
        })
final class ExportCommand extends RunnableCommand {

    @Option(names = "--model", paramLabel = "DIR", required = true, description = "The model's folder.")
    String model = "";

    @Option(names = "--out", paramLabel = "DIR", required = true, description = "Folder for the files.")
    Path out = Path.of("");

    @Option(
            names = "--domain",
            paramLabel = "NAME",
            description =
                    "Of a model with experts: the domain whose model is written, an ordinary one that every reader opens."
                            + " Without it the folder gets a graph for each domain.")
    @Nullable
    String domain;

    @Option(
            names = "--layers",
            paramLabel = "N",
            description =
                    "Of a model that embeds texts: only its first N layers, a smaller and faster model. One that was trained"
                            + " with --set layers=... loses less.")
    @Nullable
    Integer layers;

    @Option(names = "--format", paramLabel = "FORMAT", description = "onnx (default).")
    String format = "onnx";

    @Option(
            names = "--precision",
            paramLabel = "float32|int8",
            description =
                    "Numbers of the graph's matrices: float32 (default), or int8 for a quarter of the size and, on most"
                            + " processors, more speed; the lowest cosine with the model is told. For models that embed texts.")
    String precision = "float32";

    @Override
    void run(Output output) throws Exception {
        OptionValues.oneOf("--format", format, "onnx");
        OptionValues.oneOf("--precision", precision, "float32", "int8");
        Exporting.run(
                model,
                new Exporting.Part(Optional.ofNullable(domain), Optional.ofNullable(layers)),
                out,
                precision.equals("int8"),
                output);
    }
}
