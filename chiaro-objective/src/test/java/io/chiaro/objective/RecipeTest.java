package io.chiaro.objective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chiaro.core.ChiaroException;
import io.chiaro.objective.recipe.Recipe;
import io.chiaro.objective.recipe.Recipes;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class RecipeTest {

    @Test
    void recipes_are_found_by_name_and_alias() {
        assertThat(Recipes.named("multiple-negatives-ranking").name()).isEqualTo("info-nce");
    }

    @Test
    void no_name_or_alias_belongs_to_two_recipes() {
        List<String> names = Recipes.all().stream()
                .flatMap(recipe -> Stream.concat(Stream.of(recipe.name()), recipe.aliases().stream()))
                .toList();
        assertThat(names).doesNotHaveDuplicates();
    }

    @Test
    void two_recipes_differ_in_the_kind_of_a_slot_and_not_in_a_number() {
        List<Map<String, String>> signatures = Recipes.all().stream()
                .map(recipe -> {
                    // What a run has beside the objective is a kind too: a term with parameters of its own.
                    Map<String, String> kinds = new LinkedHashMap<>(recipe.slots());
                    kinds.putAll(recipe.usual());
                    kinds.replaceAll((slot, value) -> value.matches("-?[0-9.]+(E-?[0-9]+)?") ? "number" : value);
                    return kinds;
                })
                .toList();
        assertThat(signatures).doesNotHaveDuplicates();
    }

    @Test
    void every_recipe_can_be_made_again_from_its_slots() {
        for (Recipe recipe : Recipes.all()) {
            Map<String, String> settable = new LinkedHashMap<>(recipe.slots());
            settable.keySet().retainAll(recipe.settable());
            assertThat(recipe.with(settable).create().slots())
                    .as(recipe.name())
                    .isEqualTo(recipe.create().slots());
        }
    }

    @Test
    void an_unknown_recipe_is_answered_with_the_nearest() {
        assertThatThrownBy(() -> Recipes.named("infonce"))
                .isInstanceOf(ChiaroException.class)
                .hasMessageContaining("Did you mean \"info-nce\"?");
    }

    @Test
    void the_slots_of_a_recipe_are_those_of_its_objective() {
        for (Recipe recipe : Recipes.all()) {
            Map<String, String> written = new LinkedHashMap<>(recipe.slots());
            written.remove("matryoshka");
            written.remove("matryoshka-weights");
            Map<String, String> filled = new LinkedHashMap<>(recipe.create().slots());
            if ("none".equals(written.get("guide-margin"))) {
                written.remove("guide-form");
                filled.remove("guide-form");
            }
            assertThat(List.copyOf(filled.entrySet())).as(recipe.name()).isEqualTo(List.copyOf(written.entrySet()));
        }
    }

    @Test
    void slots_are_filled_as_written() {
        Objective objective = Recipes.named("info-nce")
                .with("temperature", "0.02")
                .with("directions", "query-to-doc, query-to-query")
                .with("guide-margin", "0.05")
                .with("guide-form", "relative")
                .with("matryoshka", "384,128")
                .with("matryoshka-weights", "1,0.5")
                .create();
        assertThat(objective.slots())
                .containsEntry("scale", "50")
                .containsEntry("directions", "query-to-doc,query-to-query")
                .containsEntry("guide-margin", "0.05")
                .containsEntry("guide-form", "relative")
                .containsEntry("matryoshka", "384,128")
                .containsEntry("matryoshka-weights", "1,0.5");
        assertThat(objective.needs().guide()).isTrue();
        assertThat(objective.needs().inBatchNegatives()).isTrue();
    }

    @Test
    void a_recipe_whose_negatives_are_the_batch_wants_each_text_once_in_it() {
        for (String name : List.of("simcse", "mixcse", "noise-negatives", "dclr", "esimcse", "prom-cse")) {
            assertThat(Recipes.named(name).create().needs().inBatchNegatives())
                    .as(name)
                    .isTrue();
        }
    }

    /** One that stands here by mistake would have texts pushed away from themselves. */
    @Test
    void every_recipe_of_a_whole_batch_without_labels_has_other_items_for_negatives_but_these() {
        assertThat(Recipes.all().stream()
                        .filter(recipe -> recipe.create() instanceof WholeBatch)
                        .filter(recipe -> !recipe.create().needs().inBatchNegatives())
                        .filter(recipe -> !recipe.create().needs().labels()
                                && !recipe.create().needs().scores())
                        .map(Recipe::name))
                .containsExactlyInAnyOrder(
                        "barlow-twins",
                        "vicreg",
                        "simsiam",
                        "byol",
                        "direct-pred",
                        "mmcr",
                        "mmcr-normalized",
                        "w-mse",
                        "emp-ssl",
                        "emp-ssl-normalized",
                        "swav",
                        "dino",
                        "co2",
                        "vicreg-summed",
                        "vibcreg",
                        "tico",
                        "frossl",
                        "lejepa",
                        "visreg",
                        "msn",
                        "pmsn",
                        "pmsn-custom",
                        "le-wm",
                        "embedding-mse",
                        "embed-distill",
                        "embed-distill-distance",
                        "nnbyol",
                        "nnsiam",
                        "deepcluster-v2",
                        "smog",
                        "lp",
                        "zero-mean",
                        "center-invariant",
                        "regular-face",
                        "flops",
                        "invariance-propagation",
                        "mixed-barlow-twins",
                        "moco-dual-view",
                        "hallucinator",
                        "debiased-clustering",
                        "csr",
                        "dynamic-distillation",
                        "guide-distillation");
    }

    @Test
    void slots_that_only_fit_together_are_filled_together() {
        Map<String, String> fillings = new LinkedHashMap<>();
        fillings.put("partition", "per-direction");
        fillings.put("directions", "query-to-doc,doc-to-query");
        assertThat(Recipes.named("gte").with(fillings).create().slots())
                .isEqualTo(Recipes.named("symmetric-info-nce").create().slots());
    }

    @Test
    void the_temperature_of_a_distillation_is_the_teachers_too() {
        assertThat(Recipes.named("kl-distillation").with("temperature", "4").slots())
                .containsEntry("scale", "0.25")
                .containsEntry("teacher-temperature", "4");
    }

    @Test
    void an_unknown_slot_is_answered_with_the_nearest() {
        assertThatThrownBy(() -> Recipes.named("info-nce").with("temprature", "1"))
                .isInstanceOf(ChiaroException.class)
                .hasMessageContaining("Did you mean \"temperature\"?");
        assertThatThrownBy(() -> Recipes.named("cosent").with("directions", "query-to-doc"))
                .isInstanceOf(ChiaroException.class)
                .hasMessageContaining("unknown slot");
        assertThatThrownBy(() -> Recipes.named("cosent").with("divergence", "hinge"))
                .isInstanceOf(ChiaroException.class)
                .hasMessageContaining("hinge needs same-item");
    }

    @Test
    void a_value_that_does_not_fit_is_refused_with_the_valid_ones() {
        assertThatThrownBy(() -> Recipes.named("info-nce").with("similarity", "cosin"))
                .isInstanceOf(ChiaroException.class)
                .hasMessageContaining("Did you mean \"cosine\"?");
        for (String value : List.of("", "warm", "-1", "0", "NaN", "Infinity")) {
            assertThatThrownBy(() -> Recipes.named("info-nce").with("temperature", value))
                    .as(value)
                    .isInstanceOf(ChiaroException.class);
        }
        assertThatThrownBy(() -> Recipes.named("gte").with("partition", "per-direction"))
                .isInstanceOf(ChiaroException.class)
                .hasMessageContaining("joint");
        assertThatThrownBy(() -> Recipes.named("info-nce").with("matryoshka", "384,2.5"))
                .isInstanceOf(ChiaroException.class)
                .hasMessageContaining("whole numbers");
        assertThatThrownBy(() -> Recipes.named("info-nce").with("matryoshka", "384,384"))
                .isInstanceOf(ChiaroException.class);
    }

    @Test
    void a_recipe_prints_its_paper_reference_and_slots() {
        assertThat(Recipes.named("gist").card())
                .startsWith("gist\n")
                .contains("Solatorio", "GISTEmbedLoss", "guide-margin = 0", "scale = 100");
    }

    @Test
    void a_softmax_of_pairs_without_a_part_says_which_recipe_has_it() {
        for (Map<String, String> told : List.of(
                Map.of("weights", "hardness"),
                Map.of("divergence", "circle"),
                Map.of("temperature-policy", "per-item"))) {
            assertThatThrownBy(() -> Recipes.named("info-nce").with(told))
                    .as("%s", told)
                    .hasMessageContaining("nt-xent with pairing=cross");
            Recipes.named("nt-xent").with("pairing", "cross").with(told).create();
        }
        IdentityTest.same(
                IdentityTest.objective("nt-xent", "pairing", "cross", "temperature", "0.05"),
                IdentityTest.objective("info-nce", "temperature", "0.05"));
    }
}
