package io.chiaro.text;

import io.chiaro.core.ChiaroException;
import io.chiaro.model.ModelSpecification;
import io.chiaro.model.TextVectors;
import io.chiaro.tensor.Scope;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/**
 * One model from several of one shape, by mixing their weights: no training, and the cost of one model in use.
 *
 * <ul>
 *   <li>{@link #mixed}: a mean with given shares; equal ones make the uniform soup of Wortsman et al., "Model soups", ICML 2022,
 *       section 2;
 *   <li>{@link #greedy}: the greedy soup of their algorithm 1: from the best model on, a model joins if the judged figure does
 *       not fall;
 *   <li>{@link #deltaGuided}: shares for each array by how far each model has moved it from their common base, after the fusion
 *       of checkpoints in CoDiEmb (2025):
 *       <pre>
 *       theta = theta_0 + sum_k share_k (theta_k - theta_0)        share_k = |theta_k - theta_0| / sum_j |theta_j - theta_0|
 *       </pre>
 *       The norms are Euclidean and of one named array, which is how its "fine-grained weights by each parameter's deviation" are
 *       read here; an array that none has moved stays as it is.
 * </ul>
 *
 * <p>Sums are in double precision. At most two models are in memory beside the sum. One thread.
 */
public final class ModelSoup {

    private ModelSoup() {}

    /**
     * A model made of others.
     *
     * @param model to be closed by who asked for it
     * @param shares of each ingredient, in the order in which they were given; means over the numbers where arrays differ
     * @param figures of each ingredient where they were judged, else empty
     */
    public record Soup(TextModel model, List<Double> shares, List<Double> figures) {
        public Soup {
            shares = List.copyOf(shares);
            figures = List.copyOf(figures);
        }
    }

    /**
     * The mean of models with given shares.
     *
     * @param models names or folders, at least two
     * @param weights one for each model, not negative and not all 0; only their proportions count
     * @throws ChiaroException of kind usage or model if the models are not of one shape, tokenizer and use
     */
    public static Soup mixed(List<String> models, List<Double> weights) {
        double sum = weights.stream().mapToDouble(Double::doubleValue).sum();
        boolean fits = weights.size() == models.size()
                && weights.stream().allMatch(weight -> weight >= 0)
                && sum > 0
                && sum < Double.POSITIVE_INFINITY;
        if (!fits) {
            throw ChiaroException.usage("weights: expected a number of at least 0 for each of the " + models.size()
                    + " models, and not all of them 0, but found " + weights + ". Mend them.");
        }
        List<Double> shares = weights.stream().map(weight -> weight / sum).toList();
        return new Soup(mix(models, (model, array) -> shares.get(model)), shares, List.of());
    }

    /** The uniform soup. */
    public static Soup uniform(List<String> models) {
        return mixed(models, equal(models.size()));
    }

    /**
     * The greedy soup.
     *
     * @param judge the figure that must not fall, on data that the models were not trained on
     */
    public static Soup greedy(List<String> models, ToDoubleFunction<TextModel> judge) {
        refuseOthers(models);
        List<Double> figures = new ArrayList<>();
        for (String name : models) {
            try (TextModel model = TextModel.load(name, 0)) {
                figures.add(judge.applyAsDouble(model));
            }
        }
        List<Integer> order = new ArrayList<>();
        for (int k = 0; k < models.size(); k++) {
            order.add(k);
        }
        order.sort(Comparator.comparing(k -> -figures.get(k)));
        List<Integer> chosen = new ArrayList<>(List.of(order.get(0)));
        double best = figures.get(order.get(0));
        for (int candidate : order.subList(1, order.size())) {
            List<Integer> tried = new ArrayList<>(chosen);
            tried.add(candidate);
            try (TextModel model = mean(models, tried)) {
                double figure = judge.applyAsDouble(model);
                if (figure >= best) {
                    chosen = tried;
                    best = figure;
                }
            }
        }
        Double[] shares = new Double[models.size()];
        Arrays.fill(shares, 0.0);
        for (int k : chosen) {
            shares[k] = 1.0 / chosen.size();
        }
        return new Soup(mean(models, chosen), List.of(shares), figures);
    }

    /**
     * The delta-guided merge.
     *
     * @param base what the models were trained from
     */
    public static Soup deltaGuided(String base, List<String> models) {
        List<String> all = new ArrayList<>(models);
        all.add(base);
        refuseOthers(all);
        Map<String, double[]> moved = new LinkedHashMap<>();
        double[] numbers = new double[models.size()];
        double count = 0;
        try (TextModel zero = TextModel.load(base, 0)) {
            for (int k = 0; k < models.size(); k++) {
                try (TextModel model = TextModel.load(models.get(k), 0)) {
                    for (String array : names(zero)) {
                        moved.computeIfAbsent(array, name -> new double[models.size()])[k] =
                                TextVectors.distance(values(model, array), values(zero, array));
                    }
                }
            }
            for (Map.Entry<String, double[]> entry : moved.entrySet()) {
                double[] distances = entry.getValue();
                double sum = Arrays.stream(distances).sum();
                // Where no model has moved, all are the base, and any shares give it.
                Arrays.setAll(distances, k -> sum > 0 ? distances[k] / sum : 1.0 / distances.length);
                int length = values(zero, entry.getKey()).length;
                count += length;
                for (int k = 0; k < numbers.length; k++) {
                    numbers[k] += length * distances[k];
                }
            }
        }
        List<Double> shares = new ArrayList<>();
        for (double number : numbers) {
            shares.add(number / count);
        }
        // The shares of an array sum to one, so the base cancels.
        return new Soup(mix(models, (model, array) -> of(moved, array)[model]), shares, List.of());
    }

    private static double[] of(Map<String, double[]> moved, String array) {
        return java.util.Objects.requireNonNull(moved.get(array));
    }

    private static TextModel mean(List<String> models, List<Integer> chosen) {
        return mix(chosen.stream().map(models::get).toList(), (model, array) -> 1.0 / chosen.size());
    }

    private static List<Double> equal(int count) {
        return java.util.Collections.nCopies(count, 1.0);
    }

    /** How much of an array comes from a model. */
    private interface Share {
        double of(int model, String array);
    }

    private static TextModel mix(List<String> models, Share share) {
        refuseOthers(models);
        Map<String, double[]> sums = new LinkedHashMap<>();
        for (int k = 0; k < models.size(); k++) {
            try (TextModel model = TextModel.load(models.get(k), 0)) {
                for (String array : names(model)) {
                    float[] values = values(model, array);
                    double[] sum = sums.computeIfAbsent(array, name -> new double[values.length]);
                    double factor = share.of(k, array);
                    for (int i = 0; i < sum.length; i++) {
                        sum[i] += factor * values[i];
                    }
                }
            }
        }
        TextModel soup = TextModel.load(models.get(0), 0);
        sums.forEach((array, sum) -> {
            float[] values = new float[sum.length];
            for (int i = 0; i < values.length; i++) {
                values[i] = (float) sum[i];
            }
            soup.parameters().array(array).put(values);
        });
        return soup;
    }

    /** Weights mean something only in their own shape, behind their own tokenizer, under their own pooling and prompts. */
    private static void refuseOthers(List<String> models) {
        if (models.size() < 1) {
            throw ChiaroException.usage("soup: expected models, but found none. Name at least two.");
        }
        ModelSpecification shape = null;
        String tokenizer = "";
        for (String name : models) {
            try (TextModel model = TextModel.load(name, 0)) {
                ModelSpecification found = model.specification().withName("");
                if (shape == null) {
                    shape = found;
                    tokenizer = model.tokenizer().hash();
                } else if (!found.config().equals(shape.config())) {
                    throw different(name, models.get(0), "another shape");
                } else if (!model.tokenizer().hash().equals(tokenizer)) {
                    throw different(name, models.get(0), "another tokenizer");
                } else if (!found.equals(shape)) {
                    throw different(name, models.get(0), "another pooling, prompt or limit");
                }
            }
        }
    }

    private static ChiaroException different(String name, String first, String what) {
        return ChiaroException.model("soup: expected models that can share weights, but " + name + " has " + what
                + " than " + first + ". Take models that were trained from one base.");
    }

    private static List<String> names(TextModel model) {
        return model.tower().encoder().arrayNames();
    }

    private static float[] values(TextModel model, String array) {
        try (Scope scope = Scope.open("soup")) {
            return model.parameters().array(array).toFloats();
        }
    }
}
