package io.chiaro.cli;

import io.chiaro.cli.console.Output;
import io.chiaro.cli.serving.KeyKeeping;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Makes a key. */
@Command(
        name = "add",
        header = "Make a key and show it, this once.",
        sortOptions = false,
        footerHeading = "%nExamples:%n",
        footer = {
            "  chiaro keys add --keys keys.json --name app",
            "  chiaro keys add --keys keys.json --name operator --role admin"
        })
final class KeysAddCommand extends ReportingCommand {

    @Option(
            names = "--keys",
            paramLabel = "FILE",
            required = true,
            description = "The file of keys; it is made if it is not there.")
    Path keys = Path.of("");

    @Option(names = "--name", paramLabel = "NAME", required = true, description = "Who will use the key.")
    String name = "";

    @Option(
            names = "--role",
            paramLabel = "ROLE",
            description = "What it allows: read (default), write or admin, each with those before it.")
    String role = "read";

    @Override
    Object report(Output output) {
        return KeyKeeping.add(output, keys, name, role);
    }
}
