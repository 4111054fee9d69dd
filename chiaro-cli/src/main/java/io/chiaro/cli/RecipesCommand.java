package io.chiaro.cli;

import io.chiaro.objective.Recipe;
import io.chiaro.objective.Recipes;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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
        List<Recipe> found = Recipes.all().stream().filter(this::matches).toList();
        int width =
                found.stream().mapToInt(recipe -> recipe.name().length()).max().orElse(0);
        for (Recipe recipe : found) {
            output.say(recipe.name() + " ".repeat(width + 2 - recipe.name().length()) + recipe.paper());
        }
        output.say(found.size() + " recipes. chiaro recipes show NAME prints the slots of one.");
        return Map.of("recipes", found.stream().map(RecipesCommand::document).toList());
    }

    private boolean matches(Recipe recipe) {
        return find == null
                || recipe.card().toLowerCase(java.util.Locale.ROOT).contains(find.toLowerCase(java.util.Locale.ROOT));
    }

    private static Map<String, Object> document(Recipe recipe) {
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("name", recipe.name());
        document.put("aliases", recipe.aliases());
        document.put("paper", recipe.paper());
        document.put("reference", recipe.reference());
        document.put("reduction", recipe.create().reduction());
        document.put("slots", recipe.slots());
        document.put("settable", recipe.settable());
        return document;
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
            Recipe recipe = Recipes.named(name);
            output.say(recipe.card().stripTrailing());
            output.say("  reduction  " + recipe.create().reduction());
            output.say("  settable   " + String.join(", ", recipe.settable()));
            return document(recipe);
        }
    }
}
