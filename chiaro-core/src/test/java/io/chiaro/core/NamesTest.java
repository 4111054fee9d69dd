package io.chiaro.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class NamesTest {

    @Test
    void the_nearest_name_is_offered_and_nothing_where_none_is_near() {
        List<String> valid = List.of("vectors", "words", "hybrid");
        assertThat(Names.nearest("vektors", valid)).contains("vectors");
        assertThat(Names.nearest("Word", valid)).contains("words");
        assertThat(Names.nearest("something", valid)).isEmpty();
    }

    @Test
    void a_name_of_more_than_a_hundred_characters_is_compared_with_none() {
        String name = "n".repeat(100);
        assertThat(Names.nearest(name, List.of(name))).contains(name);
        assertThat(Names.nearest(name + "n", List.of(name))).isEmpty();
        assertThat(Names.hint("x".repeat(4_000_000), List.of("vectors", "words")))
                .isEqualTo("Valid: vectors, words.");
    }
}
