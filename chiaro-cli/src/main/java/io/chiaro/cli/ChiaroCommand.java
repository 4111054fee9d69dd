package io.chiaro.cli;

import io.chiaro.cli.console.Version;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The program itself: holds the commands. */
@Command(
        name = "chiaro",
        header = "Trains, judges, ships and searches embedding models on the JVM.",
        synopsisSubcommandLabel = "COMMAND",
        sortOptions = false,
        versionProvider = Version.class,
        subcommands = {
            QuickstartCommand.class,
            FitCommand.class,
            ResumeCommand.class,
            EvalCommand.class,
            VersusCommand.class,
            SuiteCommand.class,
            EmbedCommand.class,
            IndexCommand.class,
            SearchCommand.class,
            ServeCommand.class,
            KeysCommand.class,
            ExportCommand.class,
            DataCommand.class,
            MineCommand.class,
            RecipesCommand.class,
            ExplainCommand.class,
            CompareCommand.class,
            SoupCommand.class,
            InspectCommand.class,
            DoctorCommand.class,
            DocsCommand.class,
            WarmCommand.class,
            CommandLine.HelpCommand.class
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  chiaro quickstart                     train a reverse dictionary, 15 minutes",
            "  chiaro fit --data pairs.jsonl --out out/run",
            "  chiaro embed --model out/run/model --in texts.txt --out texts.npy --format npy",
            "  chiaro COMMAND --help                 the options of a command, with examples"
        })
final class ChiaroCommand implements Runnable {

    @Spec
    @Nullable
    CommandSpec spec;

    @Option(names = "--version", versionHelp = true, description = "Show the version.")
    boolean version;

    @Option(names = "--help", usageHelp = true, description = "Show this help.")
    boolean help;

    @Override
    public void run() {
        if (spec != null) {
            throw new ParameterException(
                    spec.commandLine(),
                    "expected a command: " + String.join(", ", Failure.commandNames(spec.commandLine())) + ".");
        }
    }
}
