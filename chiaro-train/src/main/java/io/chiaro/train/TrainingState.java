package io.chiaro.train;

import io.chiaro.core.ChiaroException;
import io.chiaro.core.Json;
import io.chiaro.core.Safetensors;
import io.chiaro.core.StoredTensor;
import io.chiaro.core.StoredType;
import io.chiaro.tensor.NativeRuntime;
import io.chiaro.tensor.Optimizer;
import io.chiaro.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Everything that a run needs to go on exactly where it was: parameters, the optimiser's state, the step, and the best so
 * far. Random numbers need no state, since they are addressed by the step.
 */
final class TrainingState {

    private static final String PARAMETERS = "parameters.safetensors";
    private static final String OPTIMIZER = "optimizer.safetensors";
    private static final String STATE = "state.json";
    private static final int PIECE = 1 << 16;

    private TrainingState() {}

    /**
     * The small part of the state.
     *
     * @param step steps done
     * @param optimizerSteps steps that the optimiser has made
     * @param blas the library that multiplied matrices; another gives other last bits
     * @param threads compute threads; another number gives other last bits
     * @param stopping the best so far, if a metric is watched
     */
    record Counters(long step, long optimizerSteps, String blas, int threads, Optional<EarlyStopping> stopping) {}

    static void write(
            Path directory,
            Map<String, Tensor> parameters,
            Optimizer optimizer,
            long step,
            Optional<EarlyStopping> stopping) {
        write(directory.resolve(PARAMETERS), parameters);
        write(directory.resolve(OPTIMIZER), optimizer.state().arrays());
        Json.write(
                directory.resolve(STATE),
                new Counters(step, optimizer.state().steps(), blas(), NativeRuntime.threads(), stopping));
    }

    static Counters read(Path directory, Map<String, Tensor> parameters, Optimizer optimizer, boolean anyMachine) {
        Counters counters =
                Json.read(Json.object(ChiaroException.Kind.MODEL, directory.resolve(STATE)), Counters.class);
        boolean same = counters.blas().equals(blas()) && counters.threads() == NativeRuntime.threads();
        if (!same && !anyMachine) {
            throw ChiaroException.usage("resume: the run used " + counters.blas() + " with " + counters.threads()
                    + " threads, but this process uses " + blas() + " with " + NativeRuntime.threads()
                    + ", so the last bits would differ. Start with -Dchiaro.blas=" + counters.blas() + " and --threads "
                    + counters.threads() + ", or say --allow-other-arithmetic.");
        }
        readWeights(directory, parameters, optimizer);
        optimizer.state().restore().accept(counters.optimizerSteps());
        return counters;
    }

    /** The parameters, and what the optimiser keeps in their place. */
    static void readWeights(Path directory, Map<String, Tensor> parameters, Optimizer optimizer) {
        read(directory.resolve(PARAMETERS), parameters);
        read(directory.resolve(OPTIMIZER), optimizer.state().arrays());
    }

    private static String blas() {
        return NativeRuntime.blas().name().toLowerCase(Locale.ROOT);
    }

    private static void write(Path file, Map<String, Tensor> arrays) {
        List<StoredTensor> infos = new ArrayList<>();
        arrays.forEach((name, tensor) -> infos.add(StoredTensor.of(name, StoredType.F32, tensor.shape())));
        float[] piece = new float[PIECE];
        Safetensors.write(file, infos, new LinkedHashMap<>(), (info, sink) -> {
            Tensor tensor = arrays.get(info.name());
            if (tensor == null) {
                throw new IOException("no array " + info.name());
            }
            for (long at = 0; at < tensor.count(); at += PIECE) {
                int length = (int) Math.min(PIECE, tensor.count() - at);
                tensor.get(at, piece, 0, length);
                sink.floats(length == PIECE ? piece : java.util.Arrays.copyOf(piece, length));
            }
        });
    }

    private static void read(Path file, Map<String, Tensor> arrays) {
        try (Safetensors stored = Safetensors.open(file)) {
            if (!stored.names().equals(arrays.keySet())) {
                throw ChiaroException.model(file + ": expected the " + arrays.size()
                        + " arrays of this run, but found others ("
                        + stored.names().size()
                        + " in all). The checkpoint belongs to another model or optimizer.");
            }
            arrays.forEach((name, tensor) -> {
                if (stored.tensor(name).elements() != tensor.count()) {
                    throw ChiaroException.model(file + ": expected " + tensor.count() + " numbers in " + name
                            + ", but found " + stored.tensor(name).elements()
                            + ". The checkpoint belongs to another model.");
                }
                for (long at = 0; at < tensor.count(); at += PIECE) {
                    int length = (int) Math.min(PIECE, tensor.count() - at);
                    tensor.put(at, stored.floats(name, at, length), 0, length);
                }
            });
        }
    }
}
