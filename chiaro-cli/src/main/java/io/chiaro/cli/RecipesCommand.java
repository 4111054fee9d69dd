package io.chiaro.cli;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Lists the recipes, or shows one. */
@Command(
        name = "recipes",
        header = "List the training recipes.",
        description = {
            "A recipe is a choice for every slot of one equation: views, pairing, supervision, similarity, weights and"
                    + " divergence. The list gives the name and the paper."
        },
        subcommands = RecipesCommand.Show.class,
        sortOptions = false,
        footerHeading = "%nExamples:%n",
        footer = {
            "  chiaro recipes",
            "  chiaro recipes --find triplet",
            "  chiaro recipes show sup-con",
            "  chiaro recipes --json -"
        })
final class RecipesCommand extends ReportingCommand {

    @Option(
            names = "--find",
            paramLabel = "TEXT",
            description = "Only recipes whose name, paper, reference or slots hold this text.")
    @Nullable
    String find;

    @Override
    Object report(Output output) {
        return RecipeListing.list(output, find);
    }

    /** Shows one recipe. */
    @Command(
            name = "show",
            header = "Show a recipe: paper, reference and slots.",
            sortOptions = false,
            footerHeading = "%nExamples:%n",
            footer = {"  chiaro recipes show nt-xent", "  chiaro recipes show circle --json -"})
    static final class Show extends ReportingCommand {

        @Parameters(paramLabel = "NAME", description = "A recipe's name or alias.")
        String name = "";

        @Override
        Object report(Output output) {
            return RecipeListing.show(output, name);
        }
    }
}
