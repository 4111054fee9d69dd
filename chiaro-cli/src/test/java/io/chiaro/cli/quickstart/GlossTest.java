package io.chiaro.cli.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class GlossTest {

    @Test
    void a_gloss_without_examples_is_a_definition() {
        assertThat(Gloss.of("a small iceberg; hazardous for shipping"))
                .isEqualTo(new Gloss("a small iceberg; hazardous for shipping", java.util.List.of()));
    }

    @Test
    void examples_are_split_off_without_quotes_and_speakers() {
        Gloss gloss =
                Gloss.of("excessive freedom; lack of due restraint; \"when liberty becomes license dictatorship is"
                        + " near\"- Will Durant; \"the intolerable license\"- Edmund Burke");

        assertThat(gloss.definition()).isEqualTo("excessive freedom; lack of due restraint");
        assertThat(gloss.examples())
                .containsExactly("when liberty becomes license dictatorship is near", "the intolerable license");
    }

    @Test
    void a_quote_inside_the_definition_stays_there() {
        Gloss gloss = Gloss.of("the letter called \"aitch\" in English; \"he drops his aitches\"");

        assertThat(gloss.definition()).isEqualTo("the letter called \"aitch\" in English");
        assertThat(gloss.examples()).containsExactly("he drops his aitches");
    }

    @Test
    void an_example_whose_last_quote_is_missing_is_kept() {
        assertThat(Gloss.of("move fast; \"run, run").examples()).containsExactly("run, run");
    }
}
