package io.chiaro.cli;

import io.chiaro.cli.console.Output;
import io.chiaro.cli.recipes.GridListing;
import io.chiaro.cli.recipes.PaperListing;
import io.chiaro.cli.recipes.RecipeListing;
import io.chiaro.cli.recipes.Wanted;
import io.chiaro.core.ChiaroException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
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
                    + " divergence. The list gives the name and the paper.",
            "--grid lays them out as a periodic table: what the model's similarities are made into, against what says"
                    + " how near things should be. --papers says which paper of the field is covered, and how far."
        },
        subcommands = RecipesCommand.Show.class,
        sortOptions = false,
        footerHeading = "%nExamples:%n",
        footer = {
            "  chiaro recipes",
            "  chiaro recipes --find triplet",
            "  chiaro recipes --given labels --slot weights=hardness",
            "  chiaro recipes show sup-con",
            "  chiaro recipes --json -",
            "  chiaro recipes --grid --picture grid.svg",
            "  chiaro recipes --papers"
        })
final class RecipesCommand extends ReportingCommand {

    @Option(
            names = "--find",
            paramLabel = "TEXT",
            description = "Only recipes whose name, paper, reference or slots hold this text.")
    @Nullable
    String find;

    @Option(
            names = "--slot",
            paramLabel = "NAME=VALUE",
            description = "Only recipes that have this in a slot; may be given several times.")
    List<String> slots = new ArrayList<>();

    @Option(
            names = "--given",
            paramLabel = "LIST",
            description =
                    "Only recipes that need no more than this beside texts or pictures: labels, scores, negatives,"
                            + " teacher-scores and guide, separated by commas, or nothing.")
    @Nullable
    String given;

    @Option(names = "--grid", description = "The recipes as a periodic table, with its open cells.")
    boolean grid;

    @Option(names = "--picture", paramLabel = "FILE.svg", description = "Beside --grid: the table as a picture.")
    @Nullable
    Path picture;

    @Option(names = "--papers", description = "The papers of the field, and how far each is covered.")
    boolean papers;

    @Override
    Object report(Output output) {
        Wanted wanted = Wanted.of(find, slots, given);
        if ((grid ? 1 : 0) + (papers ? 1 : 0) + (wanted.isAll() ? 0 : 1) > 1) {
            throw PaperListing.oneAtATime();
        }
        if (picture != null && !grid) {
            throw ChiaroException.usage("--picture: expected beside --grid, but found it alone. Add --grid.");
        }
        return grid
                ? GridListing.list(output, picture)
                : papers ? PaperListing.list(output) : RecipeListing.list(output, wanted);
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
