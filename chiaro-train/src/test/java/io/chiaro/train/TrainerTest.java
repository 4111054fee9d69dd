package io.chiaro.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.chiaro.core.ChiaroException;
import io.chiaro.core.Schedule;
import io.chiaro.objective.ViewRole;
import io.chiaro.tensor.NativeRuntime;
import io.chiaro.tensor.Optimizer;
import io.chiaro.tensor.Parameter;
import io.chiaro.tensor.ParameterStore;
import io.chiaro.tensor.Scope;
import io.chiaro.tensor.Sgd;
import io.chiaro.tensor.WeightAverage;
import io.chiaro.testkit.LeakCheck;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The loop, with a learning so plain that its one parameter counts the steps: each step adds exactly one. */
@ExtendWith(LeakCheck.class)
class TrainerTest {

    @TempDir
    Path folder;

    @BeforeAll
    static void load() {
        NativeRuntime.load();
    }

    /** A run whose judgement is a function of the steps done. */
    private final class Counting implements AutoCloseable {
        private final ParameterStore store = ParameterStore.builder("counter")
                .add("w", Parameter.Kind.UNDECAYED, 1)
                .create();
        private final Optimizer optimizer;
        private final List<TrainingEvent> events = new ArrayList<>();
        private final List<Long> judged = new ArrayList<>();
        private final List<Double> exactly = new ArrayList<>();
        private final CheckpointStore checkpoints = CheckpointStore.open(folder.resolve("checkpoints"), 2);
        private final Trainer<String> trainer;
        private long stopAt = -1;

        Counting(long steps, Optional<Integer> patience, DoubleUnaryOperator metric, Losses losses) {
            this(steps, patience, metric, losses, Optional.empty());
        }

        Counting(
                long steps,
                Optional<Integer> patience,
                DoubleUnaryOperator metric,
                Losses losses,
                Optional<Double> average) {
            Optimizer sgd = new Sgd(store, 0, 0);
            optimizer = average.<Optimizer>map(decay -> new WeightAverage(store, sgd, decay))
                    .orElse(sgd);
            TrainerSettings settings = new TrainerSettings(
                    steps, 1, Schedule.constant(), 0, 10, 1000, 42, Optional.of("accuracy"), patience);
            Batch<String> batch = new Batch<>(
                    1,
                    List.of(new Batch.Column(ViewRole.ANCHOR, new long[1])),
                    List.of(new Batch.Chunk<>("one", new int[1])),
                    new double[0],
                    new double[0][],
                    new int[0],
                    new long[0],
                    1,
                    0,
                    0);
            BatchSource<String> source = new BatchSource<>() {
                @Override
                public Batch<String> batch(long step) {
                    return batch;
                }

                @Override
                public String unit() {
                    return "letters";
                }

                @Override
                public Batch<String> largest() {
                    return batch;
                }
            };
            Learning<String> learning = new Learning<>() {
                @Override
                public StepOutcome accumulate(Batch<String> ignored, long address) {
                    double factor = losses.gradient(value());
                    try (Scope scope = Scope.open("step")) {
                        store.parameter("w").value().multiply(factor).sum().backward();
                    }
                    return new StepOutcome(losses.loss(value()), 0, Map.of(), 0, 0, new float[0][], new float[0][]);
                }

                @Override
                public ParameterStore parameters() {
                    return store;
                }
            };
            Validation validation = new Validation() {
                @Override
                public Set<String> metrics() {
                    return Set.of("accuracy");
                }

                @Override
                public Map<String, Double> judge() {
                    judged.add((long) value());
                    exactly.add(value());
                    return Map.of("accuracy", metric.applyAsDouble(value()));
                }
            };
            TrainingListener stopper = event -> {
                if (event instanceof TrainingEvent.StepDone done && done.step() == stopAt) {
                    requestStop();
                }
            };
            trainer = new Trainer<>(
                    source,
                    learning,
                    optimizer,
                    settings,
                    validation,
                    checkpoints,
                    List.of(events::add, stopper),
                    () -> 0);
        }

        private void requestStop() {
            trainer.requestStop();
        }

        double value() {
            float[] value = new float[1];
            try (Scope scope = Scope.open("value")) {
                store.array("w").get(0, value, 0, 1);
            }
            return value[0];
        }

        TrainingEvent.Ending run() {
            return trainer.run("counting", Map.of());
        }

        TrainingEvent.Ending runUntil(long step) {
            stopAt = step;
            return run();
        }

        @Override
        public void close() {
            optimizer.close();
            store.close();
        }
    }

    private interface Losses {
        double loss(double steps);

        default double gradient(double steps) {
            return -1;
        }
    }

    private Counting counting(long steps, Optional<Integer> patience, DoubleUnaryOperator metric) {
        return new Counting(steps, patience, metric, value -> 1);
    }

    @Test
    void the_best_judgement_decides_which_weights_are_taken() {
        try (Counting run = counting(50, Optional.empty(), value -> value == 20 ? 0.9 : 0.1)) {
            assertThat(run.run()).isEqualTo(TrainingEvent.Ending.COMPLETED);
            assertThat(run.value()).isEqualTo(20);
            assertThat(run.judged).containsExactly(10L, 20L, 30L, 40L, 50L);
        }
    }

    @Test
    void patience_ends_a_run_early() {
        try (Counting run = counting(100, Optional.of(2), value -> value == 20 ? 0.9 : 0.1)) {
            assertThat(run.run()).isEqualTo(TrainingEvent.Ending.STOPPED_EARLY);
            assertThat(run.value()).isEqualTo(20);
            assertThat(run.judged).containsExactly(10L, 20L, 30L, 40L);
        }
    }

    @Test
    void a_stop_between_two_judgements_adds_none_so_that_the_resumed_run_is_the_straight_one() {
        // Step 25 would be the best, but a run that is not stopped there never looks at it.
        DoubleUnaryOperator metric = value -> value == 25 ? 1 : value == 20 ? 0.9 : 0.1;
        try (Counting first = counting(50, Optional.of(2), metric)) {
            assertThat(first.runUntil(25)).isEqualTo(TrainingEvent.Ending.INTERRUPTED);
            assertThat(first.judged).containsExactly(10L, 20L);
        }
        try (Counting second = counting(50, Optional.of(2), metric)) {
            assertThat(second.trainer.restore(false)).isEqualTo(25);
            assertThat(second.run()).isEqualTo(TrainingEvent.Ending.STOPPED_EARLY);
            assertThat(second.value()).isEqualTo(20);
            assertThat(second.judged).containsExactly(30L, 40L);
        }
    }

    @Test
    void a_kill_between_a_best_checkpoint_and_its_mark_loses_nothing() throws IOException {
        DoubleUnaryOperator metric = value -> value == 20 ? 0.9 : value == 10 ? 0.5 : 0.1;
        try (Counting first = counting(60, Optional.empty(), metric)) {
            first.runUntil(20);
        }
        // As the disk is when the process dies after the checkpoint of step 20 and before its mark.
        Path mark = folder.resolve("checkpoints/best.json");
        Files.writeString(mark, Files.readString(mark).replace("20", "10"));

        try (Counting second = counting(60, Optional.empty(), metric)) {
            second.trainer.restore(false);
            assertThat(second.run()).isEqualTo(TrainingEvent.Ending.COMPLETED);
            assertThat(second.value()).isEqualTo(20);
        }
    }

    @Test
    void a_run_killed_after_its_last_judgement_does_not_go_on_training() {
        // Step 41, the last one, would be the best; the straight run has lost its patience at 40.
        DoubleUnaryOperator metric = value -> value == 41 ? 1 : value == 20 ? 0.9 : 0.1;
        try (Counting first = counting(41, Optional.of(2), metric)) {
            assertThat(first.run()).isEqualTo(TrainingEvent.Ending.STOPPED_EARLY);
        }
        try (Counting second = counting(41, Optional.of(2), metric)) {
            assertThat(second.trainer.restore(false)).isEqualTo(40);
            assertThat(second.run()).isEqualTo(TrainingEvent.Ending.STOPPED_EARLY);
            assertThat(second.value()).isEqualTo(20);
            assertThat(second.judged).isEmpty();
        }
    }

    /** The average of a weight that is t after step t. */
    private static double average(long steps) {
        double average = 0;
        for (int t = 1; t <= steps; t++) {
            double decay = Math.min(0.9, (1.0 + t) / (10 + t));
            average = decay * average + (1 - decay) * t;
        }
        return average;
    }

    @Test
    void an_average_is_judged_and_kept_while_the_weights_go_on() {
        DoubleUnaryOperator best = value -> -Math.abs(value - average(20));
        try (Counting run = new Counting(50, Optional.empty(), best, value -> 1, Optional.of(0.9))) {
            run.run();
            assertThat(run.value()).isCloseTo(average(20), within(1e-4));
            for (int i = 0; i < 5; i++) {
                assertThat(run.exactly.get(i)).isCloseTo(average(10 * (i + 1)), within(1e-4));
            }
        }
    }

    @Test
    void a_resumed_average_is_the_straight_one() {
        DoubleUnaryOperator rising = value -> value;
        try (Counting first = new Counting(50, Optional.empty(), rising, value -> 1, Optional.of(0.9))) {
            first.runUntil(23);
            assertThat(first.value()).isEqualTo(23);
        }
        try (Counting second = new Counting(50, Optional.empty(), rising, value -> 1, Optional.of(0.9))) {
            second.trainer.restore(false);
            second.run();
            assertThat(second.value()).isCloseTo(average(50), within(1e-4));
        }
    }

    @Test
    void a_loss_that_is_no_number_ends_the_run_in_one_sentence_and_leaves_the_weights() {
        try (Counting run = new Counting(50, Optional.empty(), value -> 0.5, value -> value == 12 ? Double.NaN : 1)) {
            assertThatThrownBy(run::run)
                    .isInstanceOf(ChiaroException.class)
                    .hasMessage(
                            "step 13: the loss is NaN. Lower the learning rate (now 1.0) or raise the temperature.");
            assertThat(run.value()).isEqualTo(12);
            assertThat(run.events.get(run.events.size() - 1))
                    .isInstanceOfSatisfying(
                            TrainingEvent.RunFinished.class,
                            end -> assertThat(end.ending()).isEqualTo(TrainingEvent.Ending.FAILED));
        }
    }

    @Test
    void a_gradient_that_is_no_number_never_reaches_the_weights() {
        Losses losses = new Losses() {
            @Override
            public double loss(double steps) {
                return 1;
            }

            @Override
            public double gradient(double steps) {
                return steps == 19 ? Double.POSITIVE_INFINITY : -1;
            }
        };
        try (Counting run = new Counting(50, Optional.empty(), value -> 0.5, losses)) {
            assertThatThrownBy(run::run)
                    .isInstanceOf(ChiaroException.class)
                    .hasMessageStartingWith("step 20: the norm of the gradient is Infinity.");
            assertThat(run.value()).isEqualTo(19);
            assertThat(run.checkpoints.steps()).containsExactly(10L);
        }
    }

    @Test
    void a_best_metric_that_is_not_judged_fails_before_training() {
        assertThatThrownBy(() -> EarlyStopping.of("acuracy", Set.of("accuracy"), Optional.empty()))
                .isInstanceOf(ChiaroException.class)
                .hasMessage("best-metric: expected a metric that this run judges, but found \"acuracy\". "
                        + "Did you mean \"accuracy\"? Valid: accuracy.");
    }
}
