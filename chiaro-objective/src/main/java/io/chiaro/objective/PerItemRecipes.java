package io.chiaro.objective;

import io.chiaro.objective.item.MovingDenominators;
import io.chiaro.objective.item.OneTemperature;
import io.chiaro.objective.item.OwnTemperature;
import java.util.List;

/** Recipes that keep something of each record. */
final class PerItemRecipes {

    private static final String LIBRARY = "libauc 2.0.1 GCLoss_v1";

    static final List<Recipe> ALL = List.of(
            Recipe.of(
                    "sogclr",
                    "Yuan et al., Provable Stochastic Optimization for Global Contrastive Learning: Small Batch Does Not Harm "
                            + "Performance, ICML 2022, algorithm 1",
                    LIBRARY,
                    new WholeBatch(new MovingDenominators(0.9, new OneTemperature(0.1)))),
            Recipe.of(
                    "isogclr",
                    "Qiu et al., Not All Semantics are Created Equal: Contrastive Self-supervised Learning with Automatic "
                            + "Temperature Individualization, ICML 2023, algorithm 1",
                    LIBRARY + " with enable_isogclr",
                    new WholeBatch(new MovingDenominators(0.9, new OwnTemperature(0.1, 0.05, 0.7, 0.3, 0.01, 0.9)))));

    private PerItemRecipes() {}
}
