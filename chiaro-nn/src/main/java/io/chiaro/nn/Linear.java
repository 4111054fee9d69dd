package io.chiaro.nn;

import io.chiaro.tensor.ParameterStore;
import io.chiaro.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A product with a matrix and a shift, {@code x W^T + b}, by the parameters of a store; or several of equal shape with results
 * side by side, in one product. A matrix beside which a {@link LowRankUpdate} was declared carries it.
 */
public final class Linear {

    private final Tensor weight;
    private final Tensor bias;
    private final List<Optional<LowRankUpdate>> updates;

    /** The matrix and shift of these names. */
    public Linear(ParameterStore parameters, String weight, String bias) {
        this(parameters, List.of(weight), List.of(bias));
    }

    /** Matrices and shifts that were declared as fused, in that order. */
    public Linear(ParameterStore parameters, List<String> weights, List<String> biases) {
        this.weight = parameters.parameter(weights.toArray(String[]::new)).value();
        this.bias = parameters.parameter(biases.toArray(String[]::new)).value();
        this.updates =
                weights.stream().map(name -> LowRankUpdate.of(parameters, name)).toList();
    }

    /** [n, inputs] to [n, outputs], the outputs of several side by side. */
    public Tensor apply(Tensor states) {
        Tensor product = states.linear(weight, bias);
        if (updates.stream().allMatch(Optional::isEmpty)) {
            return product;
        }
        long outputs = weight.size(0) / updates.size();
        List<Tensor> added = new ArrayList<>();
        for (Optional<LowRankUpdate> update : updates) {
            added.add(update.map(found -> found.of(states)).orElseGet(() -> Tensor.zeros(states.size(0), outputs)));
        }
        return product.add(added.size() == 1 ? added.get(0) : Tensor.concatenate(added, 1));
    }
}
