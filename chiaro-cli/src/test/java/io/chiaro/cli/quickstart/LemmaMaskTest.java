package io.chiaro.cli.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LemmaMaskTest {

    private final LemmaMask mask = new LemmaMask(Map.of("run", Set.of("ran"), "knife", Set.of("knives")));

    @ParameterizedTest
    @CsvSource(textBlock = """
            run,        'to run, or one that runs or ran when running',  'to ___, or one that ___ or ___ when ___'
            make,       'the making of what is made to make',            'the ___ of what is made to ___'
            carry,      'one who carries what was carried',              'one who ___ what was ___'
            knife,      'a set of knives',                               'a set of ___'
            snow,       'a heavy snowfall of wet Snow',                  'a heavy ___ of wet ___'
            ding-dong,  'to go ding dong, dingdong or Ding-Dong',        'to go ___ ___, ___ or ___-___'
            lap covering, 'a covering; one of many lap coverings',       'a covering; one of many ___ ___'
            cat,        'a category of concatenation; a cat',            'a category of concatenation; a ___'
            A.D.,       'in the year a.d. 200',                          'in the year ___.___. 200'
            """)
    void hides(String lemma, String definition, String expected) {
        assertThat(mask.hide(definition, List.of(lemma))).isEqualTo(expected);
    }

    @Test
    void all_lemmas_of_a_meaning_are_hidden() {
        assertThat(mask.hide("a colour or color that colors", List.of("color", "colour")))
                .isEqualTo("a ___ or ___ that ___");
    }

    @Test
    void other_words_stay_as_they_are() {
        String definition = "(astrology) a person who is born while the sun is in Cancer";

        assertThat(mask.hide(definition, List.of("crab"))).isEqualTo(definition);
    }
}
