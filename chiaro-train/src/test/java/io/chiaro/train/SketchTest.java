package io.chiaro.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class SketchTest {

    @Test
    void a_short_series_is_kept_as_it_is() {
        Sketch sketch = new Sketch();
        for (int i = 0; i < 800; i++) {
            sketch.add(i, i * i);
        }

        assertThat(sketch.x()).hasSize(800);
        assertThat(sketch.mean()[20]).isEqualTo(400);
        assertThat(sketch.last()).isEqualTo(799 * 799);
    }

    @Test
    void a_long_series_keeps_its_mean_and_its_extremes() {
        Sketch sketch = new Sketch();
        int n = 100_000;
        for (int i = 0; i < n; i++) {
            sketch.add(i, i == 77_777 ? 1_000 : i % 2);
        }

        assertThat(sketch.x().length).isBetween(400, 800);
        assertThat(sketch.x()).isSorted();
        assertThat(Arrays.stream(sketch.most()).max()).hasValue(1_000);
        assertThat(Arrays.stream(sketch.least()).min()).hasValue(0);
        assertThat(sketch.mean()[0]).isEqualTo(0.5, within(1e-9));
    }

    @Test
    void values_that_are_not_finite_are_counted() {
        Sketch sketch = new Sketch();
        sketch.add(1, Double.NaN);
        sketch.add(2, Double.POSITIVE_INFINITY);

        assertThat(sketch.isEmpty()).isTrue();
        assertThat(sketch.notFinite()).isEqualTo(2);
    }
}
