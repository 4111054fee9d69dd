package io.chiaro.cli;

import io.chiaro.cli.console.Output;
import io.chiaro.cli.fitting.Fitting;
import io.chiaro.core.ChiaroException;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Goes on with a run that was stopped. */
@Command(
        name = "resume",
        header = "Go on with a run that was stopped.",
        description =
                "Continues from the last whole checkpoint and ends in the same weights, bit for bit, as a run that was"
                        + " never stopped. Refuses another BLAS or number of threads, which would change the result.",
        sortOptions = false,
        footerHeading = "%nExamples:%n",
        footer = {"  chiaro resume out/run", "  chiaro resume out/run --allow-other-arithmetic"})
final class ResumeCommand extends RunnableCommand {

    @Parameters(index = "0", paramLabel = "DIR", description = "The folder of the run: the --out of chiaro fit.")
    Path directory = Path.of("");

    @picocli.CommandLine.Option(
            names = "--allow-other-arithmetic",
            description = "Accept another BLAS or number of threads: the result then differs in the last bits.")
    boolean allowOtherArithmetic;

    @Override
    void run(Output output) throws Exception {
        if (threads != null) {
            throw ChiaroException.usage(
                    "--threads: has no effect on a run that goes on, whose threads are those it began"
                            + " with. Leave it out, or change \"threads\" in its run.json and say --allow-other-arithmetic.");
        }
        Fitting.resume(directory, allowOtherArithmetic, output);
    }
}
