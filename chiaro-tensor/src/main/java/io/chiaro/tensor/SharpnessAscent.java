package io.chiaro.tensor;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * The first half of sharpness-aware minimisation (Foret, Kleiner, Mobahi and Neyshabur, ICLR 2021, algorithm 1 and eq. 2 with
 * p = 2): from w to the point within a radius where the loss is, to first order, largest,
 *
 * <pre>
 * w + e        e = radius g / |g|
 * </pre>
 *
 * with |g| the norm over all arrays that climb. There the gradient is taken once more, {@link #descend} gives back w to the bit,
 * and an optimiser steps from w by the second gradient. Only rows of tables that occurred have a gradient, so only these
 * climb.
 *
 * <p>Mutable; one thread at a time. It holds one copy of the weights that climb.
 */
public final class SharpnessAscent implements AutoCloseable {

    private final ParameterStore store;
    private final Predicate<Parameter> climbs;
    private final Owner owner = Owner.of("SharpnessAscent");
    private final List<Kept> whole = new ArrayList<>();
    private final List<Rows> rows = new ArrayList<>();
    private Owner ofStep = Owner.of("SharpnessAscent rows");
    private boolean above;

    /** An array with its values before the climb. */
    private record Kept(Parameter parameter, Tensor before) {}

    private record Rows(Parameter table, int[] indices, Tensor before) {}

    /**
     * The ascent of some parameters of a store.
     *
     * @param climbs which parameters climb; the others stay where they are and do not count in |g|
     */
    public SharpnessAscent(ParameterStore store, Predicate<Parameter> climbs) {
        this.store = store;
        this.climbs = climbs;
        try (Scope scope = Scope.open("SharpnessAscent")) {
            for (Parameter parameter : store.parameters()) {
                if (climbs.test(parameter) && parameter.kind() != Parameter.Kind.TABLE) {
                    whole.add(new Kept(
                            parameter, owner.keep(Tensor.empty(parameter.value().shape()))));
                }
            }
        }
    }

    /**
     * Moves the weights along their gradients, which stay as they are.
     *
     * @param radius the length of the way, above 0
     * @return the norm of the gradients that count; where it is 0 or no number nothing moves
     */
    public double climb(double radius) {
        if (above) {
            throw new IllegalStateException("SharpnessAscent.climb: the weights have climbed already; descend first");
        }
        above = true;
        ofStep.close();
        ofStep = Owner.of("SharpnessAscent rows");
        rows.clear();
        try (Scope scope = Scope.open("SharpnessAscent.climb");
                Grad off = Grad.disabled()) {
            for (Parameter table : store.tables()) {
                int[] touched = climbs.test(table) ? store.touchedRows(table) : new int[0];
                if (touched.length > 0) {
                    Tensor before = table.value().detach().indexSelect(0, Tensor.indices(touched));
                    rows.add(new Rows(table, touched, ofStep.keep(before)));
                }
            }
            double norm = norm();
            whole.forEach(
                    kept -> kept.before().copyInPlace(kept.parameter().value().detach()));
            if (norm == 0 || !Double.isFinite(norm)) {
                return norm;
            }
            double factor = radius / norm;
            for (Kept kept : whole) {
                Tensor way = store.gradientOf(kept.parameter()).multiply(factor);
                kept.parameter().value().detach().addInPlace(way);
            }
            for (Rows some : rows) {
                Tensor indices = Tensor.indices(some.indices());
                Tensor way =
                        store.gradientOf(some.table()).indexSelect(0, indices).multiply(factor);
                some.table()
                        .value()
                        .detach()
                        .copyRowsInPlace(indices, some.before().add(way));
            }
            return norm;
        }
    }

    private double norm() {
        double squares = 0;
        for (Kept kept : whole) {
            double norm = store.gradientOf(kept.parameter()).norm().item();
            squares += norm * norm;
        }
        for (Rows some : rows) {
            double norm = store.gradientOf(some.table())
                    .indexSelect(0, Tensor.indices(some.indices()))
                    .norm()
                    .item();
            squares += norm * norm;
        }
        return Math.sqrt(squares);
    }

    /** Gives every weight back the bits that it had before {@link #climb}. */
    public void descend() {
        if (!above) {
            throw new IllegalStateException("SharpnessAscent.descend: the weights have not climbed");
        }
        above = false;
        try (Scope scope = Scope.open("SharpnessAscent.descend");
                Grad off = Grad.disabled()) {
            whole.forEach(kept -> kept.parameter().value().detach().copyInPlace(kept.before()));
            rows.forEach(some ->
                    some.table().value().detach().copyRowsInPlace(Tensor.indices(some.indices()), some.before()));
        }
    }

    @Override
    public void close() {
        ofStep.close();
        owner.close();
    }
}
