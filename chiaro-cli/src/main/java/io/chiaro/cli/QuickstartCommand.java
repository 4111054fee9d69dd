package io.chiaro.cli;

import io.chiaro.cli.console.OptionValues;
import io.chiaro.cli.console.Output;
import io.chiaro.cli.quickstart.Quickstart;
import io.chiaro.core.ChiaroException;
import java.nio.file.Path;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Trains the reverse dictionary and shows what it learned. */
@Command(
        name = "quickstart",
        header = "Train a reverse dictionary on WordNet 3.1 and watch it get better.",
        description = {
            "From a definition, find the word among all lemmas. Fine-tunes all-MiniLM-L6-v2 on definitions, then judges a"
                    + " random encoder, BM25, the untouched base model and the tuned model on 2,000 definitions whose"
                    + " words and meanings the training never saw. 15 minutes on 2 cores, 6 of them training; no"
                    + " network, no files of your own.",
            "The folder then holds data/, model/, model/onnx/model.onnx, index/, base-index/, report.json and report.html."
        },
        sortOptions = false,
        footerHeading = "%nExamples:%n",
        footer = {
            "  chiaro quickstart",
            "  chiaro quickstart --meanings 10000 --steps 20 --out out/quick     a short look",
            "  chiaro search --index out/quickstart/index --query \"a small house for a dog\""
        })
final class QuickstartCommand extends RunnableCommand {

    @Option(names = "--steps", paramLabel = "N", description = "Training steps (default: what 6 minutes allow).")
    @Nullable
    Integer steps;

    @Option(
            names = "--meanings",
            paramLabel = "N",
            description = "A smaller dictionary of so many meanings, drawn by the seed (default: all 117,791).")
    @Nullable
    Integer meanings;

    @Option(
            names = "--out",
            paramLabel = "DIR",
            defaultValue = "out/quickstart",
            description = "Folder of the results (default: out/quickstart).")
    Path out = Path.of("out/quickstart");

    @Override
    void run(Output output) throws Exception {
        OptionValues.positive("--steps", steps);
        OptionValues.positive("--meanings", meanings);
        if (meanings != null && meanings < Quickstart.FEWEST_MEANINGS) {
            throw ChiaroException.usage("--meanings: expected " + Quickstart.FEWEST_MEANINGS
                    + " or more, so that there is something to ask and to learn, but found " + meanings + ".");
        }
        new Quickstart(out, given(steps), given(meanings), seed, computeThreads(), output::say)
                .run(new QuickstartTraining(output));
    }

    private static OptionalInt given(@Nullable Integer number) {
        return number == null ? OptionalInt.empty() : OptionalInt.of(number);
    }
}
