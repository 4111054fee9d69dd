package io.chiaro.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.chiaro.testkit.Property;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class MinHashTest {

    private static Set<String> stretches(String text) {
        Set<String> all = new HashSet<>();
        for (int from = 0; from + 5 <= text.length(); from++) {
            all.add(text.substring(from, from + 5));
        }
        return all;
    }

    private static double jaccard(String one, String other) {
        Set<String> both = new HashSet<>(stretches(one));
        both.retainAll(stretches(other));
        Set<String> any = new HashSet<>(stretches(one));
        any.addAll(stretches(other));
        return (double) both.size() / any.size();
    }

    private static String words(RandomGenerator random, int count) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < count; i++) {
            text.append(i == 0 ? "" : " ")
                    .append((char) ('a' + random.nextInt(26)))
                    .append("bc")
                    .append(random.nextInt(50));
        }
        return text.toString();
    }

    @Test
    void equal_minima_estimate_the_share_of_stretches_that_two_texts_have_in_common() {
        Property.check(30, random -> {
            String common = words(random, 1 + random.nextInt(40));
            String one = common + " " + words(random, 1 + random.nextInt(20));
            String other = common + " " + words(random, 1 + random.nextInt(20));
            // Five standard deviations of 128 draws.
            assertThat(MinHash.of(List.of(one, other)).shared(0, 1)).isCloseTo(jaccard(one, other), within(0.22));
        });
    }

    @Test
    void case_and_white_space_do_not_count_and_different_texts_share_nothing() {
        MinHash texts = MinHash.of(List.of(
                "Larks  sing at dawn.",
                "larks sing at\tDAWN.",
                "A valve regulates the flow of a liquid.",
                "cat",
                "cab",
                ""));
        assertThat(texts.shared(0, 1)).isEqualTo(1);
        assertThat(texts.shared(0, 2)).isZero();
        assertThat(texts.shared(3, 3)).isEqualTo(1);
        assertThat(texts.shared(3, 4)).isZero();
        assertThat(texts.shared(3, 5)).isZero();
    }

    @Test
    void signatures_are_the_same_in_every_run() {
        MinHash texts = MinHash.of(
                List.of("the quick brown fox jumps over the lazy dog", "the quick brown fox jumped over a lazy dog"));
        assertThat(texts.shared(0, 1)).isEqualTo(0.46875);
    }
}
