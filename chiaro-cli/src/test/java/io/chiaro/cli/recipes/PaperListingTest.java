package io.chiaro.cli.recipes;

import static org.assertj.core.api.Assertions.assertThat;

import io.chiaro.cli.CommandRun;
import io.chiaro.cli.recipes.PaperListing.Compared;
import io.chiaro.cli.recipes.PaperListing.Paper;
import io.chiaro.cli.recipes.PaperListing.State;
import io.chiaro.core.Json;
import io.chiaro.eval.diagnostics.Diagnostic;
import io.chiaro.objective.recipe.PeriodicTable;
import io.chiaro.objective.recipe.Recipe;
import io.chiaro.objective.recipe.Recipes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PaperListingTest {

    @TempDir
    Path folder;

    @Test
    void every_paper_stands_once_and_is_covered_by_what_exists() {
        List<Paper> papers = PaperListing.all();

        assertThat(papers).extracting(Paper::number).doesNotHaveDuplicates().hasSize(253);
        Set<String> recipes = new HashSet<>(Recipes.names());
        for (Paper paper : papers) {
            assertThat(paper.coveredBy().isEmpty()).as(paper.title()).isEqualTo(paper.state() == State.NONE);
            // What was shown says where; what stands on formulas is a recipe, which has tests.
            assertThat(paper.evidence().isEmpty())
                    .as(paper.title())
                    .isEqualTo(paper.state() == State.FORMULA || paper.state() == State.NONE);
            assertThat(paper.compared() == Compared.NOTHING).as(paper.title()).isEqualTo(paper.state() != State.REAL);
            for (String name : paper.coveredBy().split("[,;] ", -1)) {
                if (name.matches("[a-z-]+") && !name.isEmpty()) {
                    assertThat(recipes).as(paper.title()).contains(name);
                }
                if (name.startsWith("inspect ")) {
                    String key = name.split(" ", -1)[1];
                    assertThat(Diagnostic.keys()).as(paper.title()).contains(key);
                    assertThat(Diagnostic.valueOf(key.toUpperCase(Locale.ROOT).replace('-', '_'))
                                    .papers())
                            .as(paper.title())
                            .contains(paper.number());
                }
            }
        }
    }

    @Test
    void the_document_counts_what_it_lists() {
        CommandRun run = CommandRun.of("recipes", "--papers", "--json", "-");

        assertThat(Json.parse("papers", run.output()).objects("papers")).hasSize(253);
        assertThat(Json.parse("papers", run.output()).object("counts").integer("real"))
                .isEqualTo(PaperListing.all().stream()
                        .filter(paper -> paper.state() == State.REAL)
                        .count());
        assertThat(Json.parse("papers", run.output()).object("claims").integer("shown"))
                .isEqualTo(PaperListing.all().stream()
                        .filter(paper -> paper.compared() == Compared.SHOWN)
                        .count());
    }

    @Test
    void a_recipe_names_the_papers_that_it_makes_work() {
        CommandRun run = CommandRun.of("recipes", "show", "invariance-propagation", "--json", "-");

        assertThat(run.errors() + run.output())
                .contains("196 Unsupervised Representation Learning by")
                .contains("\"papers\"");
        assertThat(PaperListing.of(Recipes.named("byol")))
                .extracting(Paper::number)
                .contains(1);
        assertThat(PaperListing.of(Recipes.named("contrastive"))).isEmpty();
        assertThat(PaperListing.of(Recipes.named("curl-block")))
                .extracting(Paper::number)
                .containsExactly(183);
    }

    @Test
    void trainings_that_are_no_objective_are_listed_and_shown_too() {
        assertThat(Training.ALL.stream().map(Training::name))
                .containsAll(io.chiaro.text.ScorerTraining.recipes())
                .contains("masked-language-model", "tsdae");
        assertThat(CommandRun.of("recipes", "--find", "colbert").output()).contains("late-interaction");
        assertThat(CommandRun.of("recipes", "show", "cross-encoder").output())
                .contains("loss       one of pointwise")
                .contains("lambda-loss");
        assertThat(Json.parse("recipes", CommandRun.of("recipes", "--json", "-").output())
                        .objects("trainings"))
                .hasSameSizeAs(Training.ALL);
    }

    @Test
    void every_recipe_has_one_cell_of_the_table_and_the_picture_of_the_page_shows_it() throws IOException {
        PeriodicTable table = PeriodicTable.of(Recipes.all());
        List<Recipe> placed = new ArrayList<>();
        for (PeriodicTable.Learned learned : PeriodicTable.Learned.values()) {
            for (PeriodicTable.Told told : PeriodicTable.Told.values()) {
                placed.addAll(table.cell(learned, told));
            }
        }
        assertThat(placed).containsExactlyInAnyOrderElementsOf(Recipes.all());

        Path picture = folder.resolve("grid.svg");
        CommandRun run = CommandRun.of("recipes", "--grid", "--picture", picture.toString());

        assertThat(run.exitCode()).as(run.errors()).isZero();
        assertThat(run.output()).contains("open: ");
        assertThat(Files.readString(picture))
                .as("Print it again with: ./chiaro recipes --grid --picture docs/recipes.svg")
                .isEqualTo(Files.readString(Path.of("..", "docs", "recipes.svg")));
    }

    @Test
    void two_lists_at_once_are_refused() {
        assertThat(CommandRun.of("recipes", "--papers", "--grid").exitCode()).isEqualTo(2);
        assertThat(CommandRun.of("recipes", "--picture", folder + "/x.svg").exitCode())
                .isEqualTo(2);
    }
}
