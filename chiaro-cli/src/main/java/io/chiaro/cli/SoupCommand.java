package io.chiaro.cli;

import io.chiaro.cli.console.OptionValues;
import io.chiaro.cli.console.Output;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Merges models of one shape into one. */
@Command(
        name = "soup",
        header = "Merge models of one base into one model.",
        description = {
            "Mixes the weights of models that were trained from one base: no training, and the merged model costs as much"
                    + " as one of them. uniform takes their mean, or one by --weights. greedy goes through them from the"
                    + " best on and keeps a model if the figure of --eval does not fall. delta gives each model, array by"
                    + " array, a share by how far it has moved from --base.",
            "Writes a whole model directory with a checked ONNX export; its card says what was merged."
        },
        sortOptions = false,
        footerHeading = "%nExamples:%n",
        footer = {
            "  chiaro soup out/a/model out/b/model --out out/soup",
            "  chiaro soup out/a/model out/b/model out/c/model --form greedy --eval sts:stsb@dev --out out/soup",
            "  chiaro soup out/sts/model out/search/model --form delta --base all-MiniLM-L6-v2 --out out/both"
        })
final class SoupCommand extends ReportingCommand {

    @Parameters(arity = "2..*", paramLabel = "MODEL", description = "The folders of the models, at least two.")
    List<String> models = new ArrayList<>();

    @Option(names = "--out", paramLabel = "DIR", required = true, description = "Folder of the merged model.")
    Path out = Path.of("");

    @Option(names = "--form", paramLabel = "FORM", description = "uniform (default), greedy or delta.")
    String form = "uniform";

    @Option(
            names = "--weights",
            paramLabel = "W1,W2,...",
            split = ",",
            description = "For uniform: how much each model counts (default: all the same).")
    List<Double> weights = new ArrayList<>();

    @Option(
            names = "--base",
            paramLabel = "NAME|DIR",
            description = "For delta: the model from which the others were trained.")
    @Nullable
    String base;

    @Option(
            names = "--eval",
            paramLabel = "TASK:PATH",
            description = "What greedy judges by, for example sts:stsb@dev: its main metric on data that no model was"
                    + " trained on. With the other forms the figures of all models are told.")
    @Nullable
    String evaluation;

    @Override
    Object report(Output output) throws Exception {
        OptionValues.oneOf("--form", form, "uniform", "greedy", "delta");
        return Merging.run(output, models, out, form, weights, base, evaluation, seed);
    }
}
