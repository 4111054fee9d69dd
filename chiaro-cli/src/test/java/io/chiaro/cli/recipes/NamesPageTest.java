package io.chiaro.cli.recipes;

import static org.assertj.core.api.Assertions.assertThat;

import io.chiaro.cli.CommandRun;
import io.chiaro.core.Json;
import io.chiaro.core.JsonObject;
import io.chiaro.objective.recipe.Recipes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The page that says what is called otherwise elsewhere. */
class NamesPageTest {

    private static final String OTHER = "sentence-transformers 6.2.0 ";

    private static String page = "";

    @BeforeAll
    static void read() throws IOException {
        page = Files.readString(Path.of("../docs/names.md"));
    }

    private static Set<String> found(String pattern) {
        return Pattern.compile(pattern)
                .matcher(page)
                .results()
                .map((MatchResult result) -> result.group(1))
                .collect(Collectors.toSet());
    }

    @Test
    void every_recipe_on_it_can_be_had() {
        JsonObject listed =
                Json.parse("recipes", CommandRun.of("recipes", "--json", "-").output());
        Set<String> names = new HashSet<>();
        for (String kind : List.of("recipes", "trainings")) {
            listed.objects(kind).forEach(recipe -> names.add(recipe.string("name")));
        }
        assertThat(found("--recipe ([a-z0-9-]+)")).hasSizeGreaterThan(20).isSubsetOf(names);
    }

    @Test
    void every_class_that_a_recipe_is_held_to_is_on_it() {
        Set<String> held = Recipes.all().stream()
                .map(recipe -> recipe.reference())
                .filter(reference -> reference.startsWith(OTHER))
                .map(reference -> reference.substring(OTHER.length()).split("[^A-Za-z0-9]")[0])
                .collect(Collectors.toSet());
        assertThat(found("`([A-Z][A-Za-z0-9]+)`")).containsAll(held);
    }
}
