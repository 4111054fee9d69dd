package io.chiaro.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chiaro.testkit.LeakCheck;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(LeakCheck.class)
class ScopeTest {

    @BeforeAll
    static void load() {
        NativeRuntime.load();
    }

    @Test
    void an_operation_without_a_scope_names_itself() {
        assertThatThrownBy(() -> Tensor.zeros(2, 3))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("zeros: no scope is open");
    }

    @Test
    void use_after_close_names_the_scope_and_the_line_that_closed_it() {
        Tensor late;
        try (Scope scope = Scope.open("step")) {
            late = Tensor.ones(2);
        }

        try (Scope other = Scope.open("later")) {
            assertThatThrownBy(() -> late.add(1))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("scope \"step\"")
                    .hasMessageContaining("ScopeTest");
        }
    }

    @Test
    void an_escaped_tensor_lives_on_in_the_scope_around() {
        try (Scope outer = Scope.open("outer")) {
            Tensor escaped;
            try (Scope inner = Scope.open("inner")) {
                escaped = inner.escape(Tensor.of(new float[] {1, 2}, 2).multiply(3));
            }
            assertThat(escaped.toFloats()).containsExactly(3, 6);
        }
    }

    @Test
    void results_that_come_two_at_a_time_escape_like_any_other() {
        try (Scope outer = Scope.open("outer")) {
            Tensor values;
            Tensor vectors;
            Tensor largest;
            try (Scope inner = Scope.open("inner")) {
                Tensor matrix = Tensor.of(new double[] {2, 0, 0, 5}, 2, 2);
                Tensor.Eigen eigen = matrix.symmetricEigen();
                values = inner.escape(eigen.values());
                vectors = inner.escape(eigen.vectors());
                largest = inner.escape(matrix.largestIndices(1));
            }
            // Whoever asks for memory now gets what the inner scope gave back.
            for (int i = 0; i < 100; i++) {
                Tensor.of(new double[] {-1, -1, -1, -1}, 2, 2).symmetricEigen();
            }
            assertThat(values.toDoubles()).containsExactly(2, 5);
            assertThat(vectors.abs().toDoubles()).containsExactly(1, 0, 0, 1);
            assertThat(largest.toLongs()).containsExactly(0, 1);
        }
    }

    @Test
    void parts_of_a_tensor_escape_like_any_other() {
        try (Scope outer = Scope.open("outer")) {
            Tensor part;
            Tensor row;
            try (Scope inner = Scope.open("inner")) {
                Tensor numbers = Tensor.of(new double[] {1, 2, 3, 4}, 2, 2);
                part = inner.escape(numbers.split(1, 1, 1).get(1));
                row = inner.escape(numbers.unbind(0).get(0));
            }
            for (int i = 0; i < 100; i++) {
                Tensor.of(new double[] {-1, -1, -1, -1}, 2, 2).split(0, 1, 1);
            }
            assertThat(part.toDoubles()).containsExactly(2, 4);
            assertThat(row.toDoubles()).containsExactly(1, 2);
        }
    }

    @Test
    void a_tensor_of_an_outer_scope_escapes_to_itself() {
        try (Scope outer = Scope.open("outer")) {
            Tensor here = Tensor.ones(1);
            try (Scope inner = Scope.open("inner")) {
                assertThat(inner.escape(here)).isSameAs(here);
            }
            assertThat(here.item()).isEqualTo(1);
        }
    }

    @Test
    void nothing_escapes_the_outermost_scope() {
        try (Scope scope = Scope.open("only")) {
            Tensor tensor = Tensor.ones(1);
            assertThatThrownBy(() -> scope.escape(tensor)).hasMessageContaining("Keep the tensor with an Owner");
        }
    }

    @Test
    void an_owner_keeps_a_tensor_beyond_its_scope_until_it_is_closed() {
        Owner owner = Owner.of("memory");
        Tensor kept;
        try (Scope scope = Scope.open("step")) {
            kept = owner.keep(Tensor.of(new float[] {5}, 1));
        }
        assertThat(kept.item()).isEqualTo(5);

        owner.close();
        owner.close();

        assertThatThrownBy(kept::item).hasMessageContaining("\"memory\"");
    }

    @Test
    void scopes_close_from_the_inside_out() {
        try (Scope outer = Scope.open("outer")) {
            try (Scope inner = Scope.open("inner")) {
                assertThatThrownBy(outer::close).hasMessageContaining("not the innermost");
            }
        }
    }

    @Test
    void another_thread_cannot_close_a_scope() throws InterruptedException {
        try (Scope scope = Scope.open("mine")) {
            Throwable[] seen = new Throwable[1];
            Thread thread = new Thread(() -> {
                try {
                    scope.close();
                } catch (IllegalStateException e) {
                    seen[0] = e;
                }
            });
            thread.start();
            thread.join();
            assertThat(seen[0]).hasMessageContaining("can only be closed there");
        }
    }

    @Test
    void closing_twice_is_harmless() {
        Scope scope = Scope.open("twice");
        Tensor.ones(1);
        scope.close();
        scope.close();
    }

    @Test
    void gradients_are_recorded_again_after_the_block_that_forbids_them() {
        try (Scope scope = Scope.open("grad")) {
            Tensor leaf = Tensor.ones(2).leaf();
            try (Grad off = Grad.disabled()) {
                assertThat(leaf.multiply(2).requiresGrad()).isFalse();
            }
            assertThat(leaf.multiply(2).requiresGrad()).isTrue();
        }
    }

    @Test
    void a_native_error_is_one_readable_line_with_the_operation_and_the_shapes() {
        try (Scope scope = Scope.open("error")) {
            Tensor a = Tensor.ones(2, 3);
            assertThatThrownBy(() -> a.matmul(a))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith("matmul of FLOAT [2, 3] and FLOAT [2, 3]: ")
                    .satisfies(
                            e -> assertThat(e.getMessage()).doesNotContain("\n").hasSizeLessThan(300));
        }
    }
}
