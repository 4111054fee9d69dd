package io.chiaro.onnx;

import io.chiaro.model.Pooling;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What an exported graph holds beside the encoder.
 *
 * @param poolings how token states become {@code sentence_embedding}; several are concatenated in this order
 * @param normalized whether {@code sentence_embedding} is scaled to length one
 * @param metadata texts that travel in the file: the model's name, hash, provenance
 */
public record OnnxHead(List<Pooling> poolings, boolean normalized, Map<String, String> metadata) {

    /** Key of the SHA-256 of the weight file that was exported; an embedder compares it with the file beside the graph. */
    public static final String WEIGHTS_HASH = "weights-sha256";

    public OnnxHead {
        poolings = List.copyOf(poolings);
        // Sorted, so that equal exports are equal files.
        metadata = Collections.unmodifiableMap(new TreeMap<>(metadata));
        if (poolings.isEmpty()) {
            throw new IllegalArgumentException("OnnxHead: at least one pooling is needed");
        }
    }

    /** A head without metadata. */
    public static OnnxHead of(List<Pooling> poolings, boolean normalized) {
        return new OnnxHead(poolings, normalized, Map.of());
    }
}
