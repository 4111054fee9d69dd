package io.chiaro.cli;

import io.chiaro.cli.console.Output;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Says what Chiaro finds on this machine, and what to change. */
@Command(
        name = "doctor",
        header = "Say what this machine offers, and what to change.",
        description =
                "Java, cores, memory, disk, native libraries and their caches, thread settings, models at hand; with"
                        + " --bench also how fast training runs here.",
        sortOptions = false,
        footerHeading = "%nExamples:%n",
        footer = {"  chiaro doctor", "  chiaro doctor --bench --json doctor.json"})
final class DoctorCommand extends ReportingCommand {

    @Option(
            names = "--bench",
            description =
                    "Measure: the bare rate of matrix products, the useful rate of a whole training step, and their"
                            + " ratio.")
    boolean bench;

    @Override
    Object report(Output output) throws Exception {
        return Doctor.examine(output, computeThreads(), bench);
    }
}
