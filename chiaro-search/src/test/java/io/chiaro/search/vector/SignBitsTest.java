package io.chiaro.search.vector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.chiaro.core.RandomStream;
import org.apache.lucene.util.BytesRef;
import org.junit.jupiter.api.Test;

class SignBitsTest {

    @Test
    void signs_score_as_a_plain_sum_over_the_numbers_does() {
        for (int dimension : new int[] {1, 7, 8, 9, 60, 384}) {
            RandomStream random = RandomStream.of(3, "signs " + dimension);
            float[] query = new float[dimension];
            float[] vector = new float[dimension];
            double expected = 0;
            for (int i = 0; i < dimension; i++) {
                query[i] = (float) random.nextGaussian();
                vector[i] = i % 5 == 4 ? 0 : (float) random.nextGaussian();
                expected += vector[i] > 0 ? query[i] : -query[i];
            }
            assertThat(SignBits.score(SignBits.table(query), new BytesRef(SignBits.of(vector))))
                    .as(dimension + " numbers")
                    .isCloseTo((float) expected, within(1e-4f));
        }
    }
}
