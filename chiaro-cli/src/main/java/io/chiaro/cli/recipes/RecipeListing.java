package io.chiaro.cli.recipes;

import io.chiaro.cli.console.Output;
import io.chiaro.objective.recipe.Recipe;
import io.chiaro.objective.recipe.Recipes;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Says recipes to people and as a document. */
public final class RecipeListing {

    private static final int LINE = 110;

    private RecipeListing() {}

    /** The recipes that are wanted. */
    public static Object list(Output output, Wanted wanted) {
        List<Recipe> found = Recipes.all().stream().filter(wanted::holds).toList();
        int width =
                found.stream().mapToInt(recipe -> recipe.name().length()).max().orElse(0);
        for (Recipe recipe : found) {
            output.say(recipe.name() + " ".repeat(width + 2 - recipe.name().length()) + recipe.paper());
        }
        output.say(found.size() + " recipes. chiaro recipes show NAME prints the slots of one.");
        List<Training> trainings = Training.ALL.stream().filter(wanted::holds).toList();
        if (!trainings.isEmpty()) {
            output.say("Trainings of fit that are no objective on embeddings:");
            trainings.forEach(training -> output.say(training.name()
                    + " ".repeat(Math.max(2, width + 2 - training.name().length()))
                    + training.paper()));
        }
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("recipes", found.stream().map(RecipeListing::document).toList());
        document.put("trainings", trainings.stream().map(Training::document).toList());
        return document;
    }

    /** One recipe with its slots. */
    public static Object show(Output output, String name) {
        Optional<Training> training = Training.named(name);
        if (training.isPresent()) {
            output.say(training.get().card());
            return training.get().document();
        }
        Recipe recipe = Recipes.named(name);
        output.say(recipe.card().stripTrailing());
        output.say("  reduction  " + recipe.create().reduction());
        List<String> beside = Wanted.beside(recipe.create().needs());
        if (!beside.isEmpty()) {
            output.say("  needs      " + String.join(", ", beside));
        }
        output.say("  settable   " + String.join(", ", recipe.settable()));
        recipe.kinds()
                .forEach((slot, kinds) ->
                        wrapped(slot + ": ", kinds, ", ").forEach(line -> output.say("  kinds      " + line)));
        PaperListing.of(recipe).forEach(paper -> output.say("  covers     " + PaperListing.line(paper)));
        for (Recipe.Part part : recipe.parts()) {
            output.say("");
            output.say(part.slot() + " " + part.kind());
            for (String paragraph : part.text().split("\n")) {
                // A formula keeps its lines.
                (paragraph.startsWith(" ") ? List.of(paragraph) : wrapped("", List.of(paragraph.split(" ")), " "))
                        .forEach(line -> output.say(line.isEmpty() ? "" : "  " + line));
            }
        }
        return document(recipe);
    }

    private static Map<String, Object> document(Recipe recipe) {
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("name", recipe.name());
        document.put("aliases", recipe.aliases());
        document.put("paper", recipe.paper());
        document.put("reference", recipe.reference());
        document.put("reduction", recipe.create().reduction());
        document.put("needs", Wanted.document(recipe.create().needs()));
        document.put("slots", recipe.slots());
        document.put("in-a-run", recipe.usual());
        document.put("settable", recipe.settable());
        document.put("kinds", recipe.kinds());
        document.put(
                "parts", recipe.parts().stream().map(RecipeListing::document).toList());
        document.put(
                "papers",
                PaperListing.of(recipe).stream().map(PaperListing.Paper::number).toList());
        return document;
    }

    private static Map<String, Object> document(Recipe.Part part) {
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("slot", part.slot());
        document.put("kind", part.kind());
        document.put("text", part.text());
        return document;
    }

    /** Words behind a first one, in lines that can be read. */
    private static List<String> wrapped(String first, List<String> words, String between) {
        List<String> lines = new ArrayList<>();
        StringBuilder line = new StringBuilder(first);
        for (int i = 0; i < words.size(); i++) {
            String word = words.get(i) + (i + 1 < words.size() ? between : "");
            if (line.length() + word.length() > LINE && line.length() > first.length()) {
                lines.add(line.toString().stripTrailing());
                line = new StringBuilder(" ".repeat(first.length()));
            }
            line.append(word);
        }
        lines.add(line.toString().stripTrailing());
        return lines;
    }
}
