package io.chiaro.cli;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Holds the commands about data files. */
@Command(
        name = "data",
        header = "Look at data before training on it, leave out what teaches nothing, make pairs.",
        synopsisSubcommandLabel = "COMMAND",
        sortOptions = false,
        subcommands = {
            DataCheckCommand.class,
            DataReduceCommand.class,
            DataFilterCommand.class,
            DataPseudoQueriesCommand.class,
            DataScoreCommand.class,
            DataPairsCommand.class
        },
        footerHeading = "%nExamples:%n",
        footer = {"  chiaro data check pairs.jsonl", "  chiaro data reduce frames/ --out fewer/"})
final class DataCommand implements Runnable {

    @Spec
    @Nullable
    CommandSpec spec;

    @Option(names = "--help", usageHelp = true, description = "Show this help.")
    boolean help;

    @Override
    public void run() {
        if (spec != null) {
            throw new ParameterException(
                    spec.commandLine(), "expected a command: check, reduce, filter, pseudo-queries or score.");
        }
    }
}
