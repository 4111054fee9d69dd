package io.chiaro.train;

import io.chiaro.core.ChiaroException;
import io.chiaro.core.Names;
import io.chiaro.core.RunFile;
import io.chiaro.tensor.AdamW;
import io.chiaro.tensor.Lars;
import io.chiaro.tensor.Optimizer;
import io.chiaro.tensor.ParameterStore;
import io.chiaro.tensor.Sgd;
import java.util.List;

/** The optimiser that a run names. */
public final class RunOptimizer {

    private static final List<String> NAMES = List.of("adamw", "lazy-adamw", "sgd", "lars", "lars-clipped");
    private static final double MOMENTUM = 0.9;

    private RunOptimizer() {}

    /** Refuses an unknown name, before anything is loaded. */
    public static void check(RunFile run) {
        if (!NAMES.contains(run.optimizer())) {
            throw ChiaroException.usage(
                    "optimizer: unknown name \"" + run.optimizer() + "\". " + Names.hint(run.optimizer(), NAMES));
        }
    }

    /** The optimiser of some parameters. */
    public static Optimizer of(RunFile run, ParameterStore parameters) {
        check(run);
        AdamW.Config adam = AdamW.Config.defaults().withWeightDecay(run.weightDecay());
        return switch (run.optimizer()) {
            case "sgd" -> new Sgd(parameters, MOMENTUM, run.weightDecay());
            case "lars" -> new Lars(parameters, Lars.Config.defaults(run.weightDecay()));
            case "lars-clipped" -> new Lars(parameters, Lars.Config.clipped(run.weightDecay()));
            case "lazy-adamw" -> new AdamW(parameters, adam.withLazyTables(true));
            default -> new AdamW(parameters, adam);
        };
    }
}
