package io.chiaro.text;

import io.chiaro.core.RunFile;
import io.chiaro.data.BadRows;
import io.chiaro.data.ExampleShape;
import io.chiaro.nn.Dropout;
import io.chiaro.nn.PackedSequences;
import io.chiaro.nn.Pass;
import io.chiaro.objective.list.ListLoss;
import io.chiaro.objective.list.ListWeights;
import io.chiaro.tensor.Parameter;
import io.chiaro.tensor.Scope;
import io.chiaro.tensor.Tensor;
import io.chiaro.train.Batch;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What losses would do with a cross-encoder as it stands: their {@link ListWeights}, and how far their updates agree.
 *
 * @param lists that were looked at
 * @param weights of each loss, by its name
 * @param agreements of every two losses
 */
public record RerankerUpdates(int lists, Map<String, ListWeights> weights, List<Agreement> agreements) {

    private static final int RANKS = 10;

    /**
     * How far the updates of two losses point the same way; means over lists.
     *
     * @param one loss
     * @param other loss
     * @param scores cosine of {@code dL / ds} of a list: what its scores are told
     * @param parameters cosine of {@code dL / d parameters} of a list: what the model is told, where candidates share their directions
     */
    public record Agreement(String one, String other, double scores, double parameters) {}

    /**
     * Looks at lists, without dropout and without a step. The model's gradients are zero afterwards.
     *
     * @param data sources, seed and, under {@code set}, {@code list} of a run that would train the model
     * @param losses names of {@link ListLoss}
     * @param most lists, drawn by the seed
     * @param folder where the lists' tokens may be written
     * @throws io.chiaro.core.ChiaroException of kind usage if a loss cannot learn from the data, of kind data if no list has relevant
     *     candidates and others
     */
    public static RerankerUpdates of(CrossEncoder model, RunFile data, List<String> losses, int most, Path folder) {
        model.specification().requireScore();
        ExampleShape shape = TrainingData.shape(data);
        List<CrossEncoderSettings> settings = losses.stream()
                .map(loss -> CrossEncoderSettings.of(data.with("losses", Map.of("set", with(data, loss))), shape))
                .toList();
        try (TrainingData stores = TrainingData.open(data, folder, model.texts(), BadRows.STOP, line -> {})) {
            ListBatches.Options options = new ListBatches.Options(
                    1,
                    settings.get(0).list(),
                    Integer.MAX_VALUE,
                    model.specification().maxTokens(),
                    data.seed());
            for (CrossEncoderSettings of : settings) {
                // Refuses grades that the loss cannot learn.
                ListBatches.of(stores.weighted(), model.tokenizer(), options, of.loss());
            }
            // Only a list with relevant candidates and others says something of both.
            ListBatches batches = ListBatches.of(stores.weighted(), model.tokenizer(), options, ListLoss.contrastive());
            Looking looking = new Looking(
                    model, settings.stream().map(CrossEncoderSettings::loss).toList());
            int lists = Math.min(most, batches.batchesPerEpoch());
            for (int step = 0; step < lists; step++) {
                looking.at(batches.batch(step));
            }
            return looking.found(lists);
        } finally {
            model.parameters().zeroGradients();
        }
    }

    private static Map<String, String> with(RunFile data, String loss) {
        Map<String, String> set = new LinkedHashMap<>(data.set());
        set.put("loss", loss);
        return set;
    }

    /** Sums over lists. */
    private static final class Looking {

        private final CrossEncoder model;
        private final List<ListLoss> losses;
        private final List<double[]> scores = new ArrayList<>();
        private final List<double[]> grades = new ArrayList<>();
        private final double[][] ofScores;
        private final double[][] ofParameters;

        Looking(CrossEncoder model, List<ListLoss> losses) {
            this.model = model;
            this.losses = losses;
            this.ofScores = new double[losses.size()][losses.size()];
            this.ofParameters = new double[losses.size()][losses.size()];
        }

        /** Looks at a list. */
        void at(Batch<PackedSequences> batch) {
            try (Scope scope = Scope.open("updates of a list")) {
                List<double[]> pulls = new ArrayList<>();
                List<List<Tensor>> gradients = new ArrayList<>();
                double[] given = new double[0];
                for (ListLoss loss : losses) {
                    model.parameters().zeroGradients();
                    Pass pass = model.forward(batch.chunks().get(0).input(), Dropout.off());
                    given = pass.output().detach().toDoubles();
                    double[] pull = ListWeights.pull(loss, given, batch.scores());
                    pass.backward(Tensor.of(floats(pull), pull.length, 1));
                    pulls.add(pull);
                    gradients.add(gradients());
                }
                scores.add(given);
                grades.add(batch.scores());
                for (int a = 0; a < losses.size(); a++) {
                    for (int b = a + 1; b < losses.size(); b++) {
                        ofScores[a][b] += cosine(pulls.get(a), pulls.get(b));
                        ofParameters[a][b] += cosine(gradients.get(a), gradients.get(b));
                    }
                }
            }
        }

        private List<Tensor> gradients() {
            List<Tensor> gradients = new ArrayList<>();
            for (Parameter parameter : model.parameters().parameters()) {
                Tensor gradient = parameter.value().gradient();
                if (gradient != null) {
                    gradients.add(gradient.detach().copy());
                }
            }
            return gradients;
        }

        RerankerUpdates found(int lists) {
            Map<String, ListWeights> weights = new LinkedHashMap<>();
            List<Agreement> agreements = new ArrayList<>();
            for (int a = 0; a < losses.size(); a++) {
                weights.put(losses.get(a).name(), ListWeights.of(losses.get(a), scores, grades, RANKS));
                for (int b = a + 1; b < losses.size(); b++) {
                    agreements.add(new Agreement(
                            losses.get(a).name(),
                            losses.get(b).name(),
                            ofScores[a][b] / lists,
                            ofParameters[a][b] / lists));
                }
            }
            return new RerankerUpdates(lists, weights, agreements);
        }
    }

    private static float[] floats(double[] values) {
        float[] floats = new float[values.length];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = (float) values[i];
        }
        return floats;
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
        return aa == 0 || bb == 0 ? 0 : dot / Math.sqrt(aa * bb);
    }

    private static double cosine(List<Tensor> a, List<Tensor> b) {
        double dot = 0;
        double aa = 0;
        double bb = 0;
        for (int i = 0; i < a.size(); i++) {
            dot += a.get(i).multiply(b.get(i)).sum().item();
            aa += a.get(i).multiply(a.get(i)).sum().item();
            bb += b.get(i).multiply(b.get(i)).sum().item();
        }
        return aa == 0 || bb == 0 ? 0 : dot / Math.sqrt(aa * bb);
    }
}
