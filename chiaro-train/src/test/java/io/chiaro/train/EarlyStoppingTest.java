package io.chiaro.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chiaro.core.ChiaroException;
import io.chiaro.core.Json;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class EarlyStoppingTest {

    private static final List<String> DECLARED = List.of("sts/spearman", "sts/pearson", "ndcg@10", "alignment");

    @Test
    void it_stops_after_as_many_judgements_without_a_better_one() {
        EarlyStopping state = EarlyStopping.of("ndcg@10", DECLARED, Optional.of(2));

        state = state.after(10, Map.of("ndcg@10", 0.5)).after(20, Map.of("ndcg@10", 0.6));
        assertThat(state.bestStep()).isEqualTo(20);
        state = state.after(30, Map.of("ndcg@10", 0.6));
        assertThat(state.stops()).isFalse();
        state = state.after(40, Map.of("ndcg@10", 0.59));

        assertThat(state.stops()).isTrue();
        assertThat(state.best()).contains(0.6);
        assertThat(state.bestStep()).isEqualTo(20);
    }

    @Test
    void a_better_one_gives_the_patience_back() {
        EarlyStopping state = EarlyStopping.of("ndcg@10", DECLARED, Optional.of(2))
                .after(1, Map.of("ndcg@10", 0.5))
                .after(2, Map.of("ndcg@10", 0.4))
                .after(3, Map.of("ndcg@10", 0.7))
                .after(4, Map.of("ndcg@10", 0.6));

        assertThat(state.stops()).isFalse();
        assertThat(state.waited()).isEqualTo(1);
    }

    @Test
    void less_is_better_where_the_metric_says_so() {
        EarlyStopping state = EarlyStopping.of("alignment", DECLARED, Optional.empty())
                .after(1, Map.of("alignment", 0.8))
                .after(2, Map.of("alignment", 0.5))
                .after(3, Map.of("alignment", 0.6));

        assertThat(state.bestStep()).isEqualTo(2);
        assertThat(state.stops()).isFalse();
        assertThat(EarlyStopping.Direction.of("dev/recall@100")).isEqualTo(EarlyStopping.Direction.HIGHER);
        assertThat(EarlyStopping.Direction.of("uniformity")).isEqualTo(EarlyStopping.Direction.LOWER);
    }

    @Test
    void a_value_that_is_not_a_number_is_never_better() {
        EarlyStopping state =
                EarlyStopping.of("ndcg@10", DECLARED, Optional.of(2)).after(1, Map.of("ndcg@10", Double.NaN));

        assertThat(state.best()).isEmpty();
        assertThat(state.after(2, Map.of("ndcg@10", 0.1)).bestStep()).isEqualTo(2);
        assertThat(state.after(2, Map.of("ndcg@10", Double.NaN)).stops()).isTrue();
    }

    @Test
    void a_name_that_the_run_does_not_judge_is_refused_before_training() {
        assertThatThrownBy(() -> EarlyStopping.of("ndgc@10", DECLARED, Optional.empty()))
                .isInstanceOf(ChiaroException.class)
                .hasMessage("best-metric: expected a metric that this run judges, but found \"ndgc@10\". Did you mean "
                        + "\"ndcg@10\"? Valid: alignment, ndcg@10, sts/pearson, sts/spearman.");
        assertThatThrownBy(() -> EarlyStopping.of("ndcg@10", List.of(), Optional.empty()))
                .hasMessageContaining("add --eval TASK:PATH");
        assertThatThrownBy(() -> EarlyStopping.of("beauty", List.of("beauty"), Optional.empty()))
                .hasMessageContaining("expected a metric that is known");
    }

    @Test
    void the_state_comes_back_from_json() {
        EarlyStopping before = EarlyStopping.of("sts/spearman", DECLARED, Optional.of(3));
        EarlyStopping after =
                before.after(7, Map.of("sts/spearman", 0.123456789)).after(8, Map.of("sts/spearman", 0.1));

        assertThat(Json.read(Json.parse("state", Json.text(before)), EarlyStopping.class))
                .isEqualTo(before);
        assertThat(Json.read(Json.parse("state", Json.text(after)), EarlyStopping.class))
                .isEqualTo(after);
    }
}
