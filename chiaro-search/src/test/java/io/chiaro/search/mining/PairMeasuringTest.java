package io.chiaro.search.mining;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.chiaro.core.RandomStream;
import io.chiaro.model.Embedder;
import io.chiaro.model.ModelDescription;
import io.chiaro.model.Prompts;
import io.chiaro.model.TextRole;
import io.chiaro.search.mining.HardNegatives.Pair;
import io.chiaro.search.mining.PairMeasuring.Measure;
import io.chiaro.testkit.Property;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class PairMeasuringTest {

    private static final int DIMENSION = 12;

    /** Every text has a vector of its own, another as a query than as a document. */
    private static final Embedder BY_TEXT = new Embedder() {
        @Override
        public float[][] embed(List<String> texts, TextRole role) {
            return texts.stream().map(text -> vector(text, role)).toArray(float[][]::new);
        }

        @Override
        public ModelDescription description() {
            return new ModelDescription("by text", "abc", DIMENSION, 10, List.of(), true, Prompts.NONE);
        }

        @Override
        public void close() {}
    };

    private static float[] vector(String text, TextRole role) {
        RandomStream random = RandomStream.of(5, text, role.ordinal());
        float[] vector = new float[DIMENSION];
        for (int k = 0; k < DIMENSION; k++) {
            vector[k] = (float) random.nextGaussian();
        }
        return vector;
    }

    private static double cosine(String anchor, String positive) {
        float[] a = vector(anchor, TextRole.QUERY);
        float[] b = vector(positive, TextRole.DOCUMENT);
        double ab = 0;
        double aa = 0;
        double bb = 0;
        for (int k = 0; k < DIMENSION; k++) {
            ab += (double) a[k] * b[k];
            aa += (double) a[k] * a[k];
            bb += (double) b[k] * b[k];
        }
        return ab / Math.sqrt(aa * bb);
    }

    private static List<Pair> pairs(SplittableRandom random, int count) {
        List<Pair> pairs = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            pairs.add(new Pair("text " + random.nextInt(200), "text " + random.nextInt(200)));
        }
        return pairs;
    }

    @Test
    void cosine_and_rank_are_those_of_a_plain_loop_over_the_pool() {
        Property.check(6, random -> {
            // More than one tile, and texts that stand in the pool and in the pairs, on either side.
            List<Pair> pool = pairs(random, 300 + random.nextInt(300));
            List<Pair> asked = pairs(random, 80);
            List<Measure> measured = new PairMeasuring(BY_TEXT, pool).of(asked);
            for (int i = 0; i < asked.size(); i++) {
                Pair pair = asked.get(i);
                double own = cosine(pair.anchor(), pair.positive());
                int nearer = 0;
                for (Pair other : pool) {
                    boolean counts = !other.positive().equals(pair.positive())
                            && !other.positive().equals(pair.anchor())
                            && !other.anchor().equals(pair.anchor());
                    if (counts && cosine(pair.anchor(), other.positive()) > own) {
                        nearer++;
                    }
                }
                assertThat((double) measured.get(i).cosine()).isCloseTo(own, within(1e-5));
                assertThat(measured.get(i).rank()).isEqualTo(1 + nearer);
            }
        });
    }

    @Test
    void windows_and_empty_pools_change_nothing() {
        List<Pair> pool = pairs(new SplittableRandom(1), 100);
        List<Pair> asked = pairs(new SplittableRandom(2), 50);
        PairMeasuring measuring = new PairMeasuring(BY_TEXT, pool);
        List<Measure> pieces = new ArrayList<>(measuring.of(asked.subList(0, 17)));
        pieces.addAll(measuring.of(asked.subList(17, 50)));
        assertThat(pieces).isEqualTo(measuring.of(asked));
        assertThat(measuring.of(List.of())).isEmpty();
        assertThat(new PairMeasuring(BY_TEXT, List.of()).of(asked))
                .extracting(Measure::rank)
                .containsOnly(1);
    }

    @Test
    void answers_of_the_same_anchor_in_another_spelling_do_not_count_against_each_other() {
        List<Pair> pool = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            pool.add(new Pair("A  QUESTION", "answer " + i));
        }
        assertThat(new PairMeasuring(BY_TEXT, pool).of(List.of(new Pair("a question", "far"))))
                .extracting(Measure::rank)
                .containsExactly(1);
        assertThat(new PairMeasuring(BY_TEXT, pool).of(List.of(new Pair("another question", "far"))))
                .allSatisfy(measure -> assertThat(measure.rank()).isGreaterThan(1));
    }
}
