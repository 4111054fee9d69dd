package io.chiaro.cli;

import io.chiaro.cli.console.Output;
import io.chiaro.cli.serving.KeyKeeping;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Takes a key back. */
@Command(
        name = "revoke",
        header = "Take a key back.",
        description = "A running server refuses it from its next request on.",
        sortOptions = false,
        footerHeading = "%nExamples:%n",
        footer = "  chiaro keys revoke --keys keys.json 1f0c9a2e")
final class KeysRevokeCommand extends ReportingCommand {

    @Option(names = "--keys", paramLabel = "FILE", required = true, description = "The file of keys.")
    Path keys = Path.of("");

    @Parameters(index = "0", paramLabel = "ID", description = "The id of the key, as chiaro keys list shows it.")
    String id = "";

    @Override
    Object report(Output output) {
        return KeyKeeping.revoke(output, keys, id);
    }
}
