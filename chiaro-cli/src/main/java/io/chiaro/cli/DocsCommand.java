package io.chiaro.cli;

import io.chiaro.cli.console.Output;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Prints docs/commands.md: the help of every command. */
@Command(name = "docs", hidden = true, header = "Print the page about all commands.")
final class DocsCommand extends RunnableCommand {

    @Spec
    @Nullable
    CommandSpec spec;

    @Override
    void run(Output output) {
        if (spec != null) {
            output.say(page(spec.root().commandLine()).stripTrailing());
        }
    }

    /** The page, as Markdown. */
    static String page(CommandLine program) {
        StringBuilder page = new StringBuilder();
        page.append("# Commands\n\n");
        page.append("Printed by the program (`./chiaro docs`) and compared with it by a test.\n\n");
        page.append(
                "Exit codes: 0 done, 1 unexpected error, 2 usage, 3 data, 4 model, 5 resources, 130 interrupted.\n");
        append(page, program);
        return page.toString();
    }

    private static void append(StringBuilder page, CommandLine line) {
        String name = line.getCommandSpec().qualifiedName();
        page.append("\n## ").append(name).append("\n\n```text\n");
        page.append(line.getUsageMessage(CommandLine.Help.Ansi.OFF)
                .replace("\r\n", "\n")
                .stripTrailing());
        page.append("\n```\n");
        for (Map.Entry<String, CommandLine> entry : line.getSubcommands().entrySet()) {
            boolean hidden = entry.getValue().getCommandSpec().usageMessage().hidden();
            if (!hidden && !entry.getKey().equals("help")) {
                append(page, entry.getValue());
            }
        }
    }
}
