package io.chiaro.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chiaro.core.ChiaroException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class RolesTest {

    private static final Path FILE = Path.of("pairs.jsonl");

    @Test
    void reads_roles_in_any_order_and_prints_them_back() {
        Roles roles = Roles.parse("negative=c|d, positive=b,anchor=a");

        assertThat(roles.columns(Role.NEGATIVE)).containsExactly("c", "d");
        assertThat(roles.toString()).isEqualTo("anchor=a,positive=b,negative=c|d");
        assertThat(Roles.parse(roles.toString())).isEqualTo(roles);
        assertThat(roles.shape(2, 0)).hasToString("pairs with 2 negatives");
    }

    @Test
    void derives_each_shape_from_the_roles() {
        assertThat(Roles.parse("anchor=a").shape(0, 0)).isEqualTo(ExampleShape.TEXTS);
        assertThat(Roles.parse("anchor=a,label=l").shape(0, 0)).isEqualTo(ExampleShape.LABELLED_TEXTS);
        assertThat(Roles.parse("anchor=a,positive=b").shape(0, 0)).isEqualTo(ExampleShape.PAIRS);
        assertThat(Roles.parse("anchor=a,positive=b,label=l").shape(0, 0)).isEqualTo(ExampleShape.LABELLED_PAIRS);
        assertThat(Roles.parse("anchor=a,positive=b,score=s").shape(0, 1)).isEqualTo(ExampleShape.SCORED_PAIRS);
        assertThat(Roles.parse("anchor=a,positive=b,negative=n").shape(1, 0)).isEqualTo(ExampleShape.TRIPLETS);
        assertThat(Roles.parse("anchor=a,positive=b,negative=n,score=s").shape(4, 5))
                .hasToString("pairs with 4 negatives and 5 scores");
    }

    @Test
    void refuses_scores_that_fit_neither_pair_nor_negatives() {
        assertThatThrownBy(() ->
                        Roles.parse("anchor=a,positive=b,negative=n,score=s").shape(4, 3))
                .isInstanceOf(ChiaroException.class)
                .hasMessageContaining("expected 5 scores")
                .hasMessageContaining("found 3");
    }

    @Test
    void finds_default_columns_by_name_and_never_guesses_others() {
        assertThat(Roles.defaults(FILE, List.of("id", "positive", "negative_10", "negative_2", "negative", "anchor")))
                .hasToString("anchor=anchor,positive=positive,negative=negative|negative_2|negative_10");
        assertThat(Roles.defaults(FILE, List.of("text", "label"))).hasToString("anchor=text,label=label");
        assertThatThrownBy(() -> Roles.defaults(FILE, List.of("sentence1", "sentence2")))
                .isInstanceOf(ChiaroException.class)
                .hasMessageContaining("expected a column named anchor or text")
                .hasMessageContaining("--roles anchor=sentence1,positive=sentence2");
    }

    @Test
    void names_the_nearest_role_of_an_unknown_one() {
        assertThatThrownBy(() -> Roles.parse("ancor=a"))
                .isInstanceOf(ChiaroException.class)
                .hasMessageContaining("Did you mean \"anchor\"?");
    }

    @Test
    void names_the_nearest_column_and_all_columns_of_a_wrong_one() {
        assertThatThrownBy(() -> Roles.parse("anchor=qestion").check(FILE, List.of("question", "answer")))
                .isInstanceOf(ChiaroException.class)
                .hasMessageContaining(FILE.toAbsolutePath().toString())
                .hasMessageContaining("Did you mean \"question\"? Valid: question, answer.");
    }

    @Test
    void refuses_what_makes_no_shape() {
        for (String text : List.of(
                "positive=b",
                "anchor=a,negative=n",
                "anchor=a,score=s",
                "anchor=a,positive=b,label=l,score=s",
                "anchor=a,positive=a",
                "anchor=a|b",
                "anchor=",
                "anchor",
                "")) {
            assertThatThrownBy(() -> Roles.parse(text)).as(text).isInstanceOf(ChiaroException.class);
        }
    }

    @Test
    void columns_by_position_are_all_by_position() {
        assertThat(Roles.parse("anchor=#1,positive=#2,score=#3").byPosition()).isTrue();
        assertThat(Roles.parse("anchor=a,positive=b").byPosition()).isFalse();
        assertThat(Roles.parse("anchor=#1 String,positive=#2 String").byPosition())
                .as("names may begin with a #")
                .isFalse();
        assertThatThrownBy(() -> Roles.parse("anchor=#1,positive=b"))
                .isInstanceOf(ChiaroException.class)
                .hasMessageContaining("all columns by name or all by position");
        assertThatThrownBy(() -> Roles.parse("anchor=#1,positive=#4").check(FILE, List.of("#1", "#2", "#3")))
                .isInstanceOf(ChiaroException.class)
                .hasMessageContaining("\"#4\" as positive")
                .hasMessageContaining("Valid: #1, #2, #3.");
    }

    @Test
    void a_row_in_the_place_of_the_header_is_told_apart_from_names() {
        List<String> row = List.of("A plane is taking off in the rain, as it does every day.", "A plane.", "5.0");

        for (Runnable asked : List.<Runnable>of(
                () -> Roles.defaults(FILE, row),
                () -> Roles.parse("anchor=sentence1,positive=sentence2").check(FILE, row))) {
            assertThatThrownBy(asked::run)
                    .isInstanceOf(ChiaroException.class)
                    .hasMessageContaining("A plane is taking off in the rain, as it..., A plane., 5.0")
                    .hasMessageEndingWith("If that is a row and the file has no header, name columns by position,"
                            + " for example --roles anchor=#1,positive=#2.");
        }
    }
}
