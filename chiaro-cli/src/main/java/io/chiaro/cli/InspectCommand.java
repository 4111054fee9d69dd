package io.chiaro.cli;

import io.chiaro.cli.console.Output;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Says what a model, a run or an index is, and what embeddings look like. */
@Command(
        name = "inspect",
        header = "Say what a model or an index is, and what embeddings look like.",
        description = {
            "Alone it prints name, hash, shape, pooling, prompts and limit of a model, or what an index holds and which"
                    + " model filled it, and loads no weights into a runtime.",
            "With --data it embeds texts or pictures and makes every diagnostic that they allow: scores, directions,"
                    + " hardness, classes, layers, sharpness and more; what is left out is named with the reason. --out"
                    + " writes a page of pictures. With --views the vectors are your own: float32 or float64 of shape [N, D] in NumPy's"
                    + " format; row i of every view is item i.",
            "With a cross-encoder and --data it says what losses would do with the scores of lists: the weight of each"
                    + " candidate by its hardness, and whether their updates agree."
        },
        sortOptions = false,
        footerHeading = "%nExamples:%n",
        footer = {
            "  chiaro inspect all-MiniLM-L6-v2",
            "  chiaro inspect out/run/model --json -",
            "  chiaro inspect out/run/model --data pairs.jsonl --out report.html",
            "  chiaro inspect out/run/model --data test.jsonl --seen train.jsonl --other all-MiniLM-L6-v2 --json -",
            "  chiaro inspect out/reranker/model --data lists.jsonl --losses pointwise,contrastive --out report.html",
            "  chiaro inspect --views a.npy,b.npy --labels coarse.npy,fine.npy --out report.html",
            "  chiaro inspect --views out/run/predictor-inputs.npy --predictor out/run/predictor.npy --json -"
        })
final class InspectCommand extends ReportingCommand {

    @Parameters(
            index = "0",
            arity = "0..1",
            paramLabel = "NAME|DIR|FILE",
            description = "A model name, a model's folder, an index's folder, or vectors in an .npy file.")
    @Nullable
    String subject;

    @Option(
            names = "--data",
            paramLabel = "FILE",
            description = "What to embed: pairs, labelled texts or bare ones, or pictures; read as for chiaro fit.")
    @Nullable
    Path data;

    @Option(
            names = "--roles",
            paramLabel = "ROLE=COLUMN,...",
            description = "Which column plays which role, as for chiaro fit.")
    @Nullable
    String roles;

    @Option(
            names = "--augmentation",
            paramLabel = "NAME",
            description =
                    "What makes two views of each picture: an augmentation as fit takes it, or none (default: that"
                            + " of training on such pictures).")
    @Nullable
    String augmentation;

    @Option(
            names = "--seen",
            paramLabel = "FILE[,FILE]",
            split = ",",
            description = "Pairs that the model learned from, for the generalisation gap: a file in the columns of"
                    + " --data, pictures, or two .npy files beside --views.")
    List<Path> seen = new ArrayList<>();

    @Option(
            names = "--views",
            paramLabel = "FILE,...",
            split = ",",
            description = "Vectors of your own, one .npy file [N, D] for each view.")
    List<Path> views = new ArrayList<>();

    @Option(
            names = "--labels",
            paramLabel = "FILE,...",
            split = ",",
            description = "Classes [N] of the items of --views; more files are further properties, or kinds within the"
                    + " classes.")
    List<Path> labels = new ArrayList<>();

    @Option(
            names = "--other",
            paramLabel = "NAME|DIR|FILE",
            description =
                    "Another model for the same items, or an .npy file [N, E] with the same items in another space.")
    @Nullable
    String other;

    @Option(
            names = "--predictor",
            paramLabel = "FILE",
            description =
                    "The matrix [D, D] of a linear predictor, which makes W f of an input f, beside --views with its"
                            + " inputs: predictor.npy and predictor-inputs.npy of a run on pictures.")
    @Nullable
    Path predictor;

    @Option(
            names = "--losses",
            paramLabel = "NAME,...",
            split = ",",
            description =
                    "Losses of a cross-encoder whose updates are compared on --data (default:"
                            + " pointwise,contrastive). With a model of embeddings: as it would begin to learn, with a new head.")
    List<String> losses = new ArrayList<>();

    @Option(
            names = "--rows",
            paramLabel = "N",
            description = "Items looked at, drawn by the seed (default: 1000, at most 4000; lists of a cross-encoder:"
                    + " 100).")
    @Nullable
    Integer rows;

    @Option(
            names = "--temperature",
            paramLabel = "X",
            description = "Of the softmax that is asked about (default: 0.05).")
    @Nullable
    Double temperature;

    @Option(names = "--out", paramLabel = "FILE", description = "Write the pictures as one HTML page there.")
    @Nullable
    Path out;

    @Override
    Object report(Output output) throws Exception {
        return Inspection.run(output, this);
    }
}
