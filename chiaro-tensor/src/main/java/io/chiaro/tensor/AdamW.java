package io.chiaro.tensor;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.CompilationUnit;
import org.bytedeco.pytorch.Function;
import org.bytedeco.pytorch.IValue;
import org.bytedeco.pytorch.IValueVector;
import org.bytedeco.pytorch.QualifiedName;
import org.bytedeco.pytorch.global.torch;

/**
 * Adam with decoupled weight decay (Loshchilov and Hutter, 2019, algorithm 2):
 *
 * <pre>
 * m = b1 m + (1 - b1) g        v = b2 v + (1 - b2) g^2
 * w = w (1 - lr decay) - lr (m / (1 - b1^t)) / (sqrt(v / (1 - b2^t)) + epsilon)
 * </pre>
 *
 * Biases and the scales of normalisations are not decayed. Each kind of parameter is one flat array and one fused pass.
 *
 * <p>With {@code lazyTables} only the rows of tables that occurred since the last step are changed: their m, v and decay
 * stand still in between. This is another optimiser than AdamW, named {@code lazy-adamw}; t is the number of all steps.
 */
public final class AdamW implements Optimizer {

    /**
     * The constants of Adam.
     *
     * @param beta1 decay of the mean of gradients
     * @param beta2 decay of the mean of squared gradients
     * @param epsilon added to the denominator
     * @param weightDecay strength of the decay of weights and tables
     * @param lazyTables whether rows of tables that did not occur stand still
     */
    public record Config(double beta1, double beta2, double epsilon, double weightDecay, boolean lazyTables) {

        public Config {
            if (!(beta1 >= 0 && beta1 < 1 && beta2 >= 0 && beta2 < 1)) {
                throw new IllegalArgumentException(
                        "AdamW: betas must be in [0, 1), but were " + beta1 + " and " + beta2);
            }
            if (!(epsilon > 0) || !(weightDecay >= 0)) {
                throw new IllegalArgumentException("AdamW: epsilon must be positive and the weight decay not negative, "
                        + "but were " + epsilon + " and " + weightDecay);
            }
        }

        /** Betas 0.9 and 0.999, epsilon 1e-8, weight decay 0.01, every row in every step. */
        public static Config defaults() {
            return new Config(0.9, 0.999, 1e-8, 0.01, false);
        }

        /** The same with another weight decay. */
        public Config withWeightDecay(double decay) {
            return new Config(beta1, beta2, epsilon, decay, lazyTables);
        }

        /** The same with rows that stand still while they do not occur, or without. */
        public Config withLazyTables(boolean lazy) {
            return new Config(beta1, beta2, epsilon, weightDecay, lazy);
        }
    }

    /** The fused kernel has no binding; a compiled script reaches it. It must return its tensors to be kept alive. */
    private static final String FUSED = """
            def step(p: Tensor, g: Tensor, m: Tensor, v: Tensor, t: Tensor, lr: float, b1: float, b2: float, wd: float, eps: float):
              P = [p]
              G = [g]
              M = [m]
              V = [v]
              T = [t]
              torch._fused_adamw_(P, G, M, V, [], T, lr=lr, beta1=b1, beta2=b2, weight_decay=wd, eps=eps, amsgrad=False, maximize=False)
              return (P[0], M[0], V[0])
            """;

    private final ParameterStore store;
    private final Config config;
    private final Owner owner = Owner.of("AdamW");
    private final CompilationUnit script;
    private final Function fused;
    private final Map<Parameter.Kind, Moments> moments = new LinkedHashMap<>();
    private long steps;
    private boolean closed;

    private record Moments(Tensor mean, Tensor square) {}

    /** An optimiser of all parameters of a store; its moments are zero. */
    public AdamW(ParameterStore store, Config config) {
        this.store = store;
        this.config = config;
        try (Scope scope = Scope.open("AdamW")) {
            this.script = torch.compile(FUSED);
            this.fused = script.find_function(new QualifiedName("step"));
            script.retainReference();
            fused.retainReference();
            store.blocks().forEach((kind, block) -> {
                long length = block.values().count();
                moments.put(kind, new Moments(owner.keep(Tensor.zeros(length)), owner.keep(Tensor.zeros(length))));
            });
        }
    }

    @Override
    public void step(double learningRate) {
        steps++;
        try (Scope scope = Scope.open("AdamW.step");
                Grad off = Grad.disabled()) {
            store.blocks().forEach((kind, block) -> {
                if (kind == Parameter.Kind.TABLE && config.lazyTables()) {
                    stepOnTouchedRows(learningRate);
                } else {
                    double decay = kind == Parameter.Kind.UNDECAYED ? 0 : config.weightDecay();
                    Moments of = moments(kind);
                    fused(block.values(), block.gradients(), of.mean(), of.square(), learningRate, decay);
                }
            });
        }
    }

    /** Gathers the touched rows, steps on them as on a small dense array, and writes them back. */
    private void stepOnTouchedRows(double learningRate) {
        Moments all = moments(Parameter.Kind.TABLE);
        long at = 0;
        for (Parameter table : store.tables()) {
            long[] shape = table.value().shape();
            long length = shape[0] * shape[1];
            int[] rows = store.touchedRows(table);
            if (rows.length > 0) {
                Tensor indices = Tensor.indices(rows);
                Tensor values = table.value().detach();
                Tensor mean = all.mean().narrow(0, at, length).reshape(shape);
                Tensor square = all.square().narrow(0, at, length).reshape(shape);
                Tensor someValues = values.indexSelect(0, indices);
                Tensor someMean = mean.indexSelect(0, indices);
                Tensor someSquare = square.indexSelect(0, indices);
                Tensor gradient = store.gradientOf(table).indexSelect(0, indices);
                fused(someValues, gradient, someMean, someSquare, learningRate, config.weightDecay());
                values.copyRowsInPlace(indices, someValues);
                mean.copyRowsInPlace(indices, someMean);
                square.copyRowsInPlace(indices, someSquare);
            }
            at += (length + 15) / 16 * 16;
        }
    }

    private void fused(Tensor w, Tensor g, Tensor m, Tensor v, double learningRate, double decay) {
        Tensor t = Tensor.full(steps, 1).reshape();
        IValueVector arguments = new IValueVector(
                new IValue(w.pointer()),
                new IValue(g.pointer()),
                new IValue(m.pointer()),
                new IValue(v.pointer()),
                new IValue(t.pointer()),
                new IValue(learningRate),
                new IValue(config.beta1()),
                new IValue(config.beta2()),
                new IValue(decay),
                new IValue(config.epsilon()));
        fused.apply(arguments);
    }

    private Moments moments(Parameter.Kind kind) {
        Moments found = moments.get(kind);
        if (found == null) {
            throw new IllegalStateException("AdamW: no moments for parameters of kind " + kind);
        }
        return found;
    }

    @Override
    public State state() {
        Map<String, Tensor> arrays = new LinkedHashMap<>();
        for (Parameter.Kind kind : List.copyOf(moments.keySet())) {
            String name = kind.name().toLowerCase(java.util.Locale.ROOT);
            arrays.put("mean." + name, moments(kind).mean());
            arrays.put("square." + name, moments(kind).square());
        }
        return new State(steps, arrays, restored -> steps = restored);
    }

    @Override
    public void close() {
        owner.close();
        if (!closed) {
            closed = true;
            fused.releaseReference();
            script.releaseReference();
        }
    }
}
