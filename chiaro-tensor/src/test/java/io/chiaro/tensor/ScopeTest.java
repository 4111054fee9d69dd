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
