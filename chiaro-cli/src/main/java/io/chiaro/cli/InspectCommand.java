package io.chiaro.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Says what a model, a run or an index is. */
@Command(
        name = "inspect",
        header = "Say what a model or an index is.",
        description =
                "Prints name, hash, shape, pooling, prompts and limit of a model, or what an index holds and which"
                        + " model filled it. Loads no weights into a runtime.",
        sortOptions = false,
        footerHeading = "%nExamples:%n",
        footer = {
            "  chiaro inspect all-MiniLM-L6-v2",
            "  chiaro inspect out/run/model --json -",
            "  chiaro inspect out/quickstart/index"
        })
final class InspectCommand extends ReportingCommand {

    @Parameters(
            index = "0",
            paramLabel = "NAME|DIR",
            description = "A model name, a model's folder or an index's folder.")
    String subject = "";

    @Override
    Object report(Output output) throws Exception {
        return Inspection.run(output, subject);
    }
}
