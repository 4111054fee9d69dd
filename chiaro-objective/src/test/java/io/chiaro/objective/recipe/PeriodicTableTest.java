package io.chiaro.objective.recipe;

import static org.assertj.core.api.Assertions.assertThat;

import io.chiaro.objective.recipe.PeriodicTable.Learned;
import io.chiaro.objective.recipe.PeriodicTable.Told;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Where recipes stand, and what nobody has filled. */
class PeriodicTableTest {

    private static final PeriodicTable TABLE = PeriodicTable.of(Recipes.all());

    private static List<String> cell(Learned learned, Told told) {
        return TABLE.cell(learned, told).stream().map(Recipe::name).toList();
    }

    @Test
    void every_recipe_has_one_cell() {
        List<Recipe> placed = new ArrayList<>();
        for (Learned learned : Learned.values()) {
            for (Told told : Told.values()) {
                placed.addAll(TABLE.cell(learned, told));
            }
        }
        assertThat(placed).containsExactlyInAnyOrderElementsOf(Recipes.all());
    }

    @Test
    void the_cells_of_the_published_table_hold_what_it_shows_there() {
        assertThat(cell(Learned.GAUSSIAN_SOFTMAX, Told.KERNEL)).contains("sne");
        assertThat(cell(Learned.STUDENT_SOFTMAX, Told.KERNEL)).contains("t-sne");
        assertThat(cell(Learned.STUDENT_SOFTMAX, Told.SAME_ITEM)).contains("t-simcne");
        assertThat(cell(Learned.COSINE_SOFTMAX, Told.SAME_ITEM)).contains("nt-xent", "simcse", "diffcse", "mixcse");
        assertThat(cell(Learned.COSINE_SOFTMAX, Told.OTHER_TOWER))
                .contains("clip")
                .doesNotContain("dclr");
        assertThat(cell(Learned.COSINE_SOFTMAX, Told.SAME_CLASS)).contains("sup-con");
        assertThat(cell(Learned.WIDE_GAUSSIAN, Told.SAME_ITEM)).contains("vicreg", "vicreg-summed");
        assertThat(cell(Learned.NARROW_GAUSSIAN, Told.SAME_CLASS)).contains("batch-hard-triplet");
        assertThat(cell(Learned.SHARED_CLUSTERS, Told.SAME_ITEM)).contains("debiased-clustering");
    }

    @Test
    void what_the_published_table_leaves_open_is_open_here_too() {
        for (Learned learned : Learned.values()) {
            assertThat(cell(learned, Told.STUDENT_KERNEL)).as(learned.words()).isEmpty();
        }
        assertThat(cell(Learned.WIDE_GAUSSIAN, Told.OTHER_TOWER)).isEmpty();
        assertThat(cell(Learned.WIDE_GAUSSIAN, Told.SAME_CLASS)).isEmpty();
        assertThat(cell(Learned.NARROW_GAUSSIAN, Told.OTHER_TOWER)).isEmpty();
        assertThat(cell(Learned.STUDENT_SOFTMAX, Told.OTHER_TOWER)).isEmpty();
        assertThat(cell(Learned.STUDENT_SOFTMAX, Told.SAME_CLASS)).isEmpty();
        assertThat(cell(Learned.SHARED_CLUSTERS, Told.SAME_CLASS)).isEmpty();
    }

    @Test
    void principal_components_and_embeddings_of_graphs_have_columns_without_a_recipe() {
        for (Learned learned : Learned.values()) {
            assertThat(cell(learned, Told.ITSELF)).as(learned.words()).isEmpty();
            assertThat(cell(learned, Told.GRAPH)).as(learned.words()).isEmpty();
        }
    }
}
