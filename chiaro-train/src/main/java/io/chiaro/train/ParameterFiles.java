package io.chiaro.train;

import io.chiaro.core.ChiaroException;
import io.chiaro.core.Hashes;
import io.chiaro.core.Safetensors;
import io.chiaro.core.StoredTensor;
import io.chiaro.core.StoredType;
import io.chiaro.tensor.ParameterStore;
import io.chiaro.tensor.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import java.util.function.UnaryOperator;

/** The arrays of a model in a safetensors file, and their hash. One thread at a time, that of the parameters. */
public final class ParameterFiles {

    private ParameterFiles() {}

    /** SHA-256 of the current numbers of some arrays, by their names and in their order. */
    public static String hash(ParameterStore parameters, Collection<String> names) {
        List<String> parts = new ArrayList<>();
        for (String name : names) {
            float[] values = parameters.array(name).toFloats();
            ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
            bytes.asFloatBuffer().put(values);
            parts.add(name + " " + Hashes.sha256(bytes.array()));
        }
        return Hashes.sha256(String.join("\n", parts).getBytes(StandardCharsets.UTF_8));
    }

    /** Writes some arrays as float32, atomically. */
    public static void write(Path file, ParameterStore parameters, Collection<String> names) {
        write(file, parameters, names, UnaryOperator.identity());
    }

    /**
     * The same under other names.
     *
     * @param inFile the name in the file of an array by its own
     */
    public static void write(
            Path file, ParameterStore parameters, Collection<String> names, UnaryOperator<String> inFile) {
        Map<String, String> own = new HashMap<>();
        names.forEach(name -> own.put(inFile.apply(name), name));
        List<StoredTensor> infos = names.stream()
                .map(name -> StoredTensor.of(
                        inFile.apply(name),
                        StoredType.F32,
                        parameters.array(name).shape()))
                .toList();
        Safetensors.write(
                file,
                infos,
                Map.of(),
                (info, sink) -> sink.floats(parameters
                        .array(Objects.requireNonNull(own.get(info.name())))
                        .toFloats()));
    }

    /**
     * Fills arrays from a file that holds them and no others.
     *
     * @throws ChiaroException of kind model if an array is missing, not known, or of another shape
     */
    public static void read(Path file, ParameterStore parameters, Collection<String> names) {
        try (Safetensors weights = Safetensors.open(file)) {
            if (!weights.names().equals(new TreeSet<>(names))) {
                TreeSet<String> missing = new TreeSet<>(names);
                missing.removeAll(weights.names());
                TreeSet<String> unknown = new TreeSet<>(weights.names());
                unknown.removeAll(names);
                throw ChiaroException.model(file.toAbsolutePath() + ": expected the " + names.size()
                        + " arrays of the model, but " + missing + " are missing and " + unknown
                        + " are not its own. Take weights and config.json from one model.");
            }
            for (String name : names) {
                Tensor array = parameters.array(name);
                long[] shape = weights.tensor(name).shape().stream()
                        .mapToLong(Long::longValue)
                        .toArray();
                if (!Arrays.equals(shape, array.shape())) {
                    throw ChiaroException.model(file.toAbsolutePath() + ": expected the shape "
                            + Arrays.toString(array.shape()) + " for " + name + ", but found " + Arrays.toString(shape)
                            + ". Take weights and config.json from one model.");
                }
                array.put(weights.floats(name));
            }
        }
    }
}
