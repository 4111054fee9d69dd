package io.chiaro.train;

import static org.assertj.core.api.Assertions.assertThat;

import io.chiaro.objective.Tower;
import io.chiaro.objective.Towers;
import io.chiaro.objective.ViewRole;
import io.chiaro.tensor.NativeRuntime;
import io.chiaro.tensor.Scope;
import io.chiaro.tensor.Tensor;
import io.chiaro.testkit.LeakCheck;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(LeakCheck.class)
class GuideTest {

    @BeforeAll
    static void load() {
        NativeRuntime.load();
    }

    @Test
    void what_is_known_of_a_record_is_said_of_each_of_its_views_wherever_it_stands_in_the_batch() {
        float[][] known = {{0, 1}, {2, 3}, {4, 5}, {6, 7}};
        Guide<String> guide = Guide.ofRecords(known);
        Batch.Column column = new Batch.Column(ViewRole.ANCHOR, new long[] {1, 2, 3});
        Batch<String> batch = new Batch<>(
                3,
                List.of(column, column),
                List.of(new Batch.Chunk<>("all", new int[] {0, 1, 2, 3, 4, 5})),
                new double[0],
                new double[0][],
                new int[0],
                new long[] {3, 0, 2},
                6,
                0,
                0);
        List<Tower> towers = Towers.ONLINE.of(2);
        try (Scope scope = Scope.open("guide")) {
            List<Tensor> said = guide.embeddings(batch, towers);

            assertThat(said).hasSize(2);
            said.forEach(rows -> assertThat(rows.toRows()).isDeepEqualTo(new float[][] {{6, 7}, {0, 1}, {4, 5}}));
        }
    }
}
