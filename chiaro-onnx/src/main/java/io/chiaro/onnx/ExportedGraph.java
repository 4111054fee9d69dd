package io.chiaro.onnx;

import io.chiaro.core.ChiaroException;
import io.chiaro.model.EncoderDirectory;
import java.nio.file.Path;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The ONNX graph of a model directory, opened.
 *
 * <p>Safe for several threads, as its session is. Closing it closes the session.
 *
 * @param <D> the kind of directory
 */
final class ExportedGraph<D extends EncoderDirectory<?>> implements AutoCloseable {

    private final D directory;
    private final Path file;
    private final OnnxSession session;
    private @Nullable String hash;

    ExportedGraph(D directory, Path file, OnnxSession session) {
        this.directory = directory;
        this.file = file;
        this.session = session;
    }

    /**
     * Opens the graph of a directory.
     *
     * @param opening the session of a file
     * @throws ChiaroException of kind MODEL if the directory holds none, or one that cannot be used
     */
    static <D extends EncoderDirectory<?>> ExportedGraph<D> open(D directory, Function<Path, OnnxSession> opening) {
        Path file = file(directory);
        return new ExportedGraph<>(directory, file, opening.apply(file));
    }

    /** The file of a directory's graph, which must be there. */
    static Path file(EncoderDirectory<?> directory) {
        return directory
                .onnx()
                .orElseThrow(() -> ChiaroException.model(directory.path()
                        + ": expected onnx/model.onnx or model.onnx in the model directory, but found neither. Export the"
                        + " model first: chiaro export --model " + directory.path() + " --out " + directory.path()));
    }

    D directory() {
        return directory;
    }

    OnnxSession session() {
        return session;
    }

    /**
     * The hash of the weights that the graph computes with, found at the first call.
     *
     * @throws ChiaroException of kind MODEL if the graph was exported before the weights beside it were trained further
     */
    synchronized String hash() {
        if (hash == null) {
            String found = directory.hash();
            String exported = session.metadata().getOrDefault(OnnxHead.WEIGHTS_HASH, found);
            if (directory.weights().isPresent() && !exported.equals(found)) {
                throw ChiaroException.model(file + ": expected a graph of the weights in " + directory.path()
                        + " with SHA-256 " + found + ", but it was exported from weights with SHA-256 " + exported
                        + ". Export the model again.");
            }
            hash = found;
        }
        return hash;
    }

    @Override
    public void close() {
        session.close();
    }
}
