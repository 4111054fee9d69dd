package io.chiaro.cli;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Holds the commands about keys. */
@Command(
        name = "keys",
        header = "Make the keys of a server, list them, take them back.",
        description = "The file holds salted hashes, never a key itself, and belongs to its owner alone.",
        synopsisSubcommandLabel = "COMMAND",
        sortOptions = false,
        subcommands = {KeysAddCommand.class, KeysListCommand.class, KeysRevokeCommand.class},
        footerHeading = "%nExamples:%n",
        footer = {
            "  chiaro keys add --keys keys.json --name app --role read",
            "  chiaro keys list --keys keys.json",
            "  chiaro keys revoke --keys keys.json 1f0c9a2e"
        })
final class KeysCommand implements Runnable {

    @Spec
    @Nullable
    CommandSpec spec;

    @Option(names = "--help", usageHelp = true, description = "Show this help.")
    boolean help;

    @Override
    public void run() {
        if (spec != null) {
            throw new ParameterException(spec.commandLine(), "expected a command: add, list, revoke.");
        }
    }
}
