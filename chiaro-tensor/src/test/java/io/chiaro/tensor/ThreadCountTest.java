package io.chiaro.tensor;

import static org.assertj.core.api.Assertions.assertThat;

import io.chiaro.testkit.LeakCheck;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(LeakCheck.class)
class ThreadCountTest {

    @BeforeAll
    static void load() {
        NativeRuntime.load();
    }

    @Test
    void setting_the_number_of_threads_leaves_nothing_behind() {
        int before = NativeRuntime.threads();
        for (int threads : new int[] {1, 2, 1, before}) {
            NativeRuntime.threads(threads);
            assertThat(NativeRuntime.threads()).isEqualTo(threads);
        }
    }
}
