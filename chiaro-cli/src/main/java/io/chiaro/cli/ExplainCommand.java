package io.chiaro.cli;

import io.chiaro.cli.console.Output;
import io.chiaro.cli.recipes.Explaining;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Shows what a recipe does with a small batch, or evaluates it on arrays. */
@Command(
        name = "explain",
        header = "Show what a recipe computes, on four items or on your own arrays.",
        description = {
            "Without --views it prints, for a made-up batch of four items in two views, what each row is compared with (S"
                    + " itself, P positive, N negative, . left out), the target p, the model's q and the denominators, or of a"
                    + " value that compares no distributions the scores and its slope in each.",
            "With --views it evaluates the objective and its gradient on your arrays: raw float32 or float64 embeddings of"
                    + " shape [B, D] in NumPy's format, one file for each view; row i of every view is item i. What the"
                    + " reference sets by default is the default here; --set changes a slot."
        },
        sortOptions = false,
        footerHeading = "%nExamples:%n",
        footer = {
            "  chiaro explain nt-xent",
            "  chiaro explain nt-xent --views a.npy,b.npy --set temperature=0.1 --json -",
            "  chiaro explain sup-con --views a.npy,b.npy --labels y.npy --gradient g.npy --json -",
            "  chiaro explain moco --views q.npy,k.npy --memory queue=queue.npy --json -"
        })
final class ExplainCommand extends ReportingCommand {

    @Parameters(paramLabel = "RECIPE", description = "A recipe's name or alias; see chiaro recipes.")
    String recipe = "";

    @Option(
            names = "--views",
            paramLabel = "FILE,...",
            split = ",",
            description = "One .npy file [B, D] for each view.")
    List<Path> views = new ArrayList<>();

    @Option(
            names = "--labels",
            paramLabel = "FILE",
            description = "Labels [B] of the items, int64; for recipes that learn from scores, the scores.")
    @Nullable
    Path labels;

    @Option(
            names = "--memory",
            paramLabel = "NAME=FILE",
            description =
                    "Rows that no view holds: queue, classes, prototypes, centre [K, D]; teacher [B, V - 1]; guide-1,"
                            + " guide-2 [B, D].")
    Map<String, Path> memory = new LinkedHashMap<>();

    @Option(names = "--set", paramLabel = "SLOT=VALUE", description = "Changes a slot; can be given more than once.")
    Map<String, String> set = new LinkedHashMap<>();

    @Option(
            names = "--gradient",
            paramLabel = "FILE",
            description = "Write the gradient to the embeddings there, float64 [V, B, D].")
    @Nullable
    Path gradient;

    @Override
    Object report(Output output) {
        return Explaining.run(output, recipe, set, views, labels, memory, gradient, seed);
    }
}
