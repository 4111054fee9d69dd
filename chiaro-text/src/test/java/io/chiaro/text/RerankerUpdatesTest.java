package io.chiaro.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.chiaro.core.ChiaroException;
import io.chiaro.core.RandomStream;
import io.chiaro.core.RunFile;
import io.chiaro.data.BadRows;
import io.chiaro.nn.PackedSequences;
import io.chiaro.objective.list.ListLoss;
import io.chiaro.objective.list.ListWeights;
import io.chiaro.tensor.NativeRuntime;
import io.chiaro.tensor.Parameter;
import io.chiaro.tensor.Scope;
import io.chiaro.tensor.Tensor;
import io.chiaro.testkit.LeakCheck;
import io.chiaro.train.Batch;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(LeakCheck.class)
class RerankerUpdatesTest {

    private static final List<String> LOSSES = List.of("pointwise", "contrastive", "ranknet");

    @TempDir
    Path folder;

    @BeforeAll
    static void load() {
        NativeRuntime.load();
    }

    /** Twelve queries, each with one answer and from two to five other texts. */
    private RunFile data() {
        List<Map<String, Object>> rows = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            RandomStream random = RandomStream.of(61, "updates", i);
            String query = TinyModel.words(random, 2) + " " + TinyModel.syllable(i);
            rows.add(Map.of("anchor", query, "positive", query + " " + TinyModel.words(random, 2), "label", "1"));
            for (int n = 0; n < 2 + i % 4; n++) {
                rows.add(Map.of("anchor", query, "positive", TinyModel.words(random, 3 + n), "label", "0"));
            }
        }
        Path file = TinyRun.write(folder.resolve("lists.jsonl"), rows);
        return TinyRun.run(folder, "unused", Map.of("data", List.of(Map.of("path", file.toString()))));
    }

    private CrossEncoder model() {
        return CrossEncoder.load("fresh:" + folder.resolve("shape"), 3);
    }

    /** The gradient of a list as a run that trains finds it, one parameter after the other. */
    private static double[] learned(CrossEncoder model, Batch<PackedSequences> batch, String loss) {
        model.parameters().zeroGradients();
        new ListLearning(model, ListLoss.named(loss), 0).accumulate(batch, 0);
        List<Double> all = new ArrayList<>();
        try (Scope scope = Scope.open("test")) {
            for (Parameter parameter : model.parameters().parameters()) {
                Tensor gradient = parameter.value().gradient();
                if (gradient != null) {
                    for (float value : gradient.toFloats()) {
                        all.add((double) value);
                    }
                }
            }
        }
        return all.stream().mapToDouble(Double::doubleValue).toArray();
    }

    private static double cosine(double[] a, double[] b) {
        double dot = 0;
        double aa = 0;
        double bb = 0;
        for (int i = 0; i < a.length; i++) {
            dot += a[i] * b[i];
            aa += a[i] * a[i];
            bb += b[i] * b[i];
        }
        return dot / Math.sqrt(aa * bb);
    }

    @Test
    void weights_and_directions_are_those_of_the_gradients_that_a_run_would_follow() {
        RunFile data = data();
        try (CrossEncoder model = model();
                TrainingData stores =
                        TrainingData.open(data, folder.resolve("stores"), model.texts(), BadRows.STOP, line -> {})) {
            RerankerUpdates found = RerankerUpdates.of(model, data, LOSSES, 100, folder.resolve("looked"));

            ListBatches batches = ListBatches.of(
                    stores.weighted(),
                    model.tokenizer(),
                    new ListBatches.Options(1, 8, 100_000, model.specification().maxTokens(), data.seed()),
                    ListLoss.contrastive());
            assertThat(found.lists()).isEqualTo(12).isEqualTo(batches.batchesPerEpoch());
            List<double[]> scores = new ArrayList<>();
            List<double[]> grades = new ArrayList<>();
            double[] agreement = new double[3];
            for (int list = 0; list < 12; list++) {
                Batch<PackedSequences> batch = batches.batch(list);
                grades.add(batch.scores());
                try (Scope scope = Scope.open("test")) {
                    scores.add(model.forward(batch.chunks().get(0).input(), io.chiaro.nn.Dropout.off())
                            .output()
                            .detach()
                            .toDoubles());
                }
                double[] pointwise = learned(model, batch, "pointwise");
                double[] contrastive = learned(model, batch, "contrastive");
                double[] ranknet = learned(model, batch, "ranknet");
                agreement[0] += cosine(pointwise, contrastive) / 12;
                agreement[1] += cosine(pointwise, ranknet) / 12;
                agreement[2] += cosine(contrastive, ranknet) / 12;
            }
            for (int pair = 0; pair < 3; pair++) {
                assertThat(found.agreements().get(pair).parameters()).isCloseTo(agreement[pair], within(1e-4));
            }
            assertThat(found.agreements().get(0).one()).isEqualTo("pointwise");
            assertThat(found.agreements().get(0).other()).isEqualTo("contrastive");
            for (String loss : LOSSES) {
                ListWeights expected = ListWeights.of(ListLoss.named(loss), scores, grades, 10);
                ListWeights weights = Objects.requireNonNull(found.weights().get(loss));
                assertThat(weights.relevant()).isCloseTo(expected.relevant(), within(1e-6));
                assertThat(weights.others()).isCloseTo(expected.others(), within(1e-6));
                assertThat(weights.byHardness()).hasSize(5).containsExactly(expected.byHardness(), within(1e-6));
            }
        }
    }

    @Test
    void only_as_many_lists_are_looked_at_as_was_asked_for_and_unfit_losses_are_refused() {
        RunFile data = data();
        try (CrossEncoder model = model()) {
            assertThat(RerankerUpdates.of(model, data, LOSSES, 5, folder.resolve("few"))
                            .lists())
                    .isEqualTo(5);
            assertThatThrownBy(
                            () -> RerankerUpdates.of(model, data, List.of("margin-mse"), 5, folder.resolve("refused")))
                    .isInstanceOf(ChiaroException.class)
                    .hasMessageContaining("a teacher's scores");
            assertThatThrownBy(
                            () -> RerankerUpdates.of(model, data, List.of("pointwize"), 5, folder.resolve("unknown")))
                    .isInstanceOf(ChiaroException.class)
                    .hasMessageContaining("pointwise");
        }
    }
}
