package io.chiaro.search.vector;

import static org.assertj.core.api.Assertions.assertThat;

import io.chiaro.core.RandomStream;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class BestScoresTest {

    @Test
    void the_highest_scores_are_kept_and_a_draw_at_the_last_place_is_noticed() {
        RandomStream random = RandomStream.of(3, "scores");
        for (int round = 0; round < 300; round++) {
            int count = 1 + random.nextInt(40);
            int capacity = 1 + random.nextInt(12);
            float[] scores = new float[count];
            BestScores first = new BestScores(capacity);
            BestScores second = new BestScores(capacity);
            for (int i = 0; i < count; i++) {
                scores[i] = random.nextInt(20) - 10;
                (i < count / 2 ? first : second).add(i, scores[i]);
            }
            first.addAll(second);
            float[] sorted = scores.clone();
            Arrays.sort(sorted);
            int kept = Math.min(capacity, count);
            float[] found = new float[first.size()];
            for (int i = 0; i < found.length; i++) {
                found[i] = first.score(i);
                assertThat(scores[first.document(i)]).isEqualTo(found[i]);
            }
            Arrays.sort(found);
            assertThat(found).isEqualTo(Arrays.copyOfRange(sorted, count - kept, count));
            assertThat(IntStream.range(0, kept).map(first::document).distinct().count())
                    .isEqualTo(kept);
            assertThat(first.lowest()).isEqualTo(found[0]);
            assertThat(first.isDrawn()).isEqualTo(kept < count && sorted[count - kept - 1] == found[0]);
        }
    }
}
