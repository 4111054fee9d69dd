package io.chiaro.cli;

import io.chiaro.cli.console.Output;
import io.chiaro.cli.serving.KeyKeeping;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Lists the keys of a file. */
@Command(
        name = "list",
        header = "List the keys of a file: id, role, date, name.",
        sortOptions = false,
        footerHeading = "%nExamples:%n",
        footer = "  chiaro keys list --keys keys.json")
final class KeysListCommand extends ReportingCommand {

    @Option(names = "--keys", paramLabel = "FILE", required = true, description = "The file of keys.")
    Path keys = Path.of("");

    @Override
    Object report(Output output) {
        return KeyKeeping.list(output, keys);
    }
}
