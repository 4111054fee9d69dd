package io.chiaro.tensor;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * All parameters of a model in one flat buffer, and all gradients in another. So a step of the optimiser is one pass over
 * memory, a norm is one reduction, and a copy of the model is one copy.
 *
 * <p>The buffer is laid out by {@link Parameter.Kind}; each array starts at a multiple of 64 bytes. Row-wise tables keep
 * a note of the rows whose gradient may differ from zero.
 *
 * <p>Mutable; one thread at a time. Closing it releases everything.
 */
public final class ParameterStore implements AutoCloseable {

    private static final int ALIGNMENT = 16;

    private final Owner owner;
    private final Map<String, Tensor> named = new LinkedHashMap<>();
    private final Map<String, Parameter> parameters = new LinkedHashMap<>();
    private final Map<String, Parameter> frozen = new LinkedHashMap<>();
    private final Set<String> still = new HashSet<>();
    private final Map<Parameter, Touched> tables = new LinkedHashMap<>();
    private final Map<Parameter.Kind, Block> blocks = new LinkedHashMap<>();

    /** A stretch of the flat buffers that the optimiser treats alike. */
    record Block(Tensor values, Tensor gradients) {}

    /** The rows of a table that have had a gradient since the last step. */
    private static final class Touched {
        private final BitSet rows = new BitSet();
        private boolean all;
    }

    /** Says which arrays there are, before memory is laid out. Not thread-safe. */
    public static final class Builder {

        private record Declared(List<String> names, long[] shape, Parameter.Kind kind) {}

        private final String name;
        private final List<Declared> declared = new ArrayList<>();

        private Builder(String name) {
            this.name = name;
        }

        /** Declares one array. */
        public Builder add(String parameter, Parameter.Kind kind, long... shape) {
            declared.add(new Declared(List.of(parameter), shape.clone(), kind));
            return this;
        }

        /**
         * Declares arrays of equal shape that lie behind each other and are used as one, joined along dimension 0, but are
         * named apart in weight files; the first name with its siblings makes the leaf's name.
         */
        public Builder addFused(List<String> names, Parameter.Kind kind, long... shapeOfEach) {
            declared.add(new Declared(List.copyOf(names), shapeOfEach.clone(), kind));
            return this;
        }

        /**
         * Makes everything that is declared so far {@link Parameter.Kind#FROZEN}, except what is kept as state anyway: what
         * is declared later learns beside it.
         */
        public Builder freeze() {
            // In the order that they would have if they learned, so that a hash of a model is that of its numbers
            // alone.
            declared.sort(Comparator.comparing(Declared::kind));
            declared.replaceAll(array -> array.kind() == Parameter.Kind.STATE
                    ? array
                    : new Declared(array.names(), array.shape(), Parameter.Kind.FROZEN));
            return this;
        }

        /** Lays out the memory; every number is zero. */
        public ParameterStore create() {
            return new ParameterStore(name, declared);
        }
    }

    /** A store to be filled with declarations. */
    public static Builder builder(String name) {
        return new Builder(name);
    }

    private ParameterStore(String name, List<Builder.Declared> declared) {
        this.owner = Owner.of(name);
        try (Scope scope = Scope.open("ParameterStore");
                Grad off = Grad.disabled()) {
            for (Parameter.Kind kind : Parameter.Kind.values()) {
                List<Builder.Declared> ofKind =
                        declared.stream().filter(d -> d.kind() == kind).toList();
                long length =
                        ofKind.stream().mapToLong(ParameterStore::paddedLength).sum();
                if (kind == Parameter.Kind.STATE) {
                    ofKind.forEach(this::keep);
                } else if (kind == Parameter.Kind.FROZEN) {
                    ofKind.forEach(this::keepFrozen);
                } else if (length > 0) {
                    layOut(kind, ofKind, length);
                }
            }
        }
    }

    private void keep(Builder.Declared array) {
        for (String each : array.names()) {
            if (named.put(each, owner.keep(Tensor.zeros(array.shape()))) != null) {
                throw new IllegalArgumentException("ParameterStore: two arrays are named " + each);
            }
        }
    }

    private void keepFrozen(Builder.Declared array) {
        long[] joined = array.shape().clone();
        joined[0] *= array.names().size();
        Tensor values = owner.keep(Tensor.zeros(joined));
        Parameter parameter = new Parameter(String.join("+", array.names()), values, Parameter.Kind.FROZEN);
        if (frozen.put(parameter.name(), parameter) != null) {
            throw new IllegalArgumentException("ParameterStore: two parameters are named " + parameter.name());
        }
        long rows = array.shape()[0];
        for (int i = 0; i < array.names().size(); i++) {
            named.put(array.names().get(i), owner.keep(values.narrow(0, i * rows, rows)));
            still.add(array.names().get(i));
        }
    }

    private void layOut(Parameter.Kind kind, List<Builder.Declared> declared, long length) {
        Block block = new Block(owner.keep(Tensor.zeros(length)), owner.keep(Tensor.zeros(length)));
        blocks.put(kind, block);
        long at = 0;
        for (Builder.Declared array : declared) {
            long each = count(array.shape());
            long[] joined = array.shape().clone();
            joined[0] *= array.names().size();
            Tensor leaf = owner.keep(
                    block.values().narrow(0, at, count(joined)).reshape(joined).leaf());
            leaf.accumulateInto(
                    owner.keep(block.gradients().narrow(0, at, count(joined)).reshape(joined)));
            Parameter parameter = new Parameter(String.join("+", array.names()), leaf, kind);
            if (parameters.put(parameter.name(), parameter) != null) {
                throw new IllegalArgumentException("ParameterStore: two parameters are named " + parameter.name());
            }
            if (kind == Parameter.Kind.TABLE) {
                tables.put(parameter, new Touched());
            }
            for (int i = 0; i < array.names().size(); i++) {
                Tensor window = block.values().narrow(0, at + i * each, each).reshape(array.shape());
                named.put(array.names().get(i), owner.keep(window));
            }
            at += paddedLength(array);
        }
    }

    private static long paddedLength(Builder.Declared array) {
        long length = count(array.shape()) * array.names().size();
        return (length + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    }

    private static long count(long[] shape) {
        long count = 1;
        for (long size : shape) {
            count *= size;
        }
        return count;
    }

    /** The parameter whose names, joined by "+", are these. */
    public Parameter parameter(String... names) {
        String name = String.join("+", names);
        Parameter trained = parameters.get(name);
        Parameter parameter = trained == null ? frozen.get(name) : trained;
        if (parameter == null) {
            throw new IllegalArgumentException("ParameterStore: no parameter " + name);
        }
        return parameter;
    }

    /** Whether there is an array of this name. */
    public boolean has(String name) {
        return named.containsKey(name);
    }

    /** Whether an array is {@link Parameter.Kind#FROZEN}: nothing changes it while the others learn. */
    public boolean isFrozen(String name) {
        return still.contains(name);
    }

    /** All parameters that are trained, in the order of their memory. */
    public List<Parameter> parameters() {
        return List.copyOf(parameters.values());
    }

    /** Every array by its name in weight files; windows on the live values, without gradients. */
    public Map<String, Tensor> named() {
        return Collections.unmodifiableMap(named);
    }

    /** One array by its name in weight files. */
    public Tensor array(String name) {
        Tensor array = named.get(name);
        if (array == null) {
            throw new IllegalArgumentException("ParameterStore: no array " + name);
        }
        return array;
    }

    /** How many numbers are trained. */
    public long count() {
        return parameters.values().stream()
                .mapToLong(parameter -> parameter.value().count())
                .sum();
    }

    /** How many numbers are kept, trained or not. */
    public long countKept() {
        return named.values().stream().mapToLong(Tensor::count).sum();
    }

    /** How many numbers are trained outside tables. */
    public long countOutsideTables() {
        return parameters.values().stream()
                .filter(parameter -> parameter.kind() != Parameter.Kind.TABLE)
                .mapToLong(parameter -> parameter.value().count())
                .sum();
    }

    Map<Parameter.Kind, Block> blocks() {
        return blocks;
    }

    /**
     * Adds the gradients of looked-up rows to a table: gradient[ids[i]] += rows[i].
     *
     * @param ids [n] indices of rows
     * @param rows [n, width]
     */
    public void addRowGradients(Parameter table, int[] ids, Tensor rows) {
        Touched touched = touched(table);
        try (Scope scope = Scope.open("addRowGradients");
                Grad off = Grad.disabled()) {
            gradientOf(table).addRowsInPlace(Tensor.indices(ids), rows);
        }
        for (int id : ids) {
            touched.rows.set(id);
        }
    }

    /** Notes that any row of the table may have a gradient, for example after use as an output layer; one that is frozen has none. */
    public void touchAllRows(Parameter table) {
        if (table.kind() != Parameter.Kind.FROZEN) {
            touched(table).all = true;
        }
    }

    /** The rows of a table whose gradient may differ from zero, ascending; all of them after {@link #touchAllRows}. */
    public int[] touchedRows(Parameter table) {
        Touched touched = touched(table);
        if (touched.all) {
            touched.rows.set(0, Math.toIntExact(table.value().size(0)));
        }
        return touched.rows.stream().toArray();
    }

    private Touched touched(Parameter table) {
        Touched touched = tables.get(table);
        if (touched == null) {
            throw new IllegalArgumentException("ParameterStore: " + table.name() + " is not a table of this store");
        }
        return touched;
    }

    List<Parameter> tables() {
        return List.copyOf(tables.keySet());
    }

    Tensor gradientOf(Parameter parameter) {
        Tensor gradient = parameter.value().gradient();
        if (gradient == null) {
            throw new IllegalStateException("ParameterStore: the gradient memory of " + parameter.name() + " is gone");
        }
        return gradient;
    }

    /** Sets all gradients to zero; rows of tables only where they were touched. */
    public void zeroGradients() {
        try (Scope scope = Scope.open("zeroGradients");
                Grad off = Grad.disabled()) {
            blocks.forEach((kind, block) -> {
                if (kind != Parameter.Kind.TABLE) {
                    block.gradients().fillInPlace(0);
                }
            });
            tables.forEach((table, touched) -> {
                if (touched.all) {
                    gradientOf(table).fillInPlace(0);
                } else if (!touched.rows.isEmpty()) {
                    gradientOf(table)
                            .fillRowsInPlace(
                                    Tensor.indices(touched.rows.stream().toArray()), 0);
                }
                touched.rows.clear();
                touched.all = false;
            });
        }
    }

    /** The Euclidean norm of all gradients together. */
    public double gradientNorm() {
        double squares = 0;
        try (Scope scope = Scope.open("gradientNorm");
                Grad off = Grad.disabled()) {
            for (Map.Entry<Parameter.Kind, Block> entry : blocks.entrySet()) {
                if (entry.getKey() != Parameter.Kind.TABLE) {
                    double norm = entry.getValue().gradients().norm().item();
                    squares += norm * norm;
                }
            }
            for (Parameter table : tables()) {
                int[] rows = touchedRows(table);
                if (rows.length > 0) {
                    double norm = gradientOf(table)
                            .indexSelect(0, Tensor.indices(rows))
                            .norm()
                            .item();
                    squares += norm * norm;
                }
            }
        }
        return Math.sqrt(squares);
    }

    /**
     * Scales all gradients down so that their common norm is at most {@code limit} (Pascanu et al., 2013).
     *
     * @return the norm before
     */
    public double clipGradients(double limit) {
        double norm = gradientNorm();
        if (norm > limit) {
            scaleGradients(limit / (norm + 1e-6));
        }
        return norm;
    }

    /** Multiplies all gradients by a factor. */
    public void scaleGradients(double factor) {
        try (Scope scope = Scope.open("scaleGradients");
                Grad off = Grad.disabled()) {
            blocks.forEach((kind, block) -> {
                if (kind != Parameter.Kind.TABLE) {
                    block.gradients().multiplyInPlace(factor);
                }
            });
            for (Parameter table : tables()) {
                int[] rows = touchedRows(table);
                if (rows.length > 0) {
                    Tensor indices = Tensor.indices(rows);
                    Tensor gradient = gradientOf(table);
                    gradient.copyRowsInPlace(
                            indices, gradient.indexSelect(0, indices).multiply(factor));
                }
            }
        }
    }

    @Override
    public void close() {
        owner.close();
    }
}
