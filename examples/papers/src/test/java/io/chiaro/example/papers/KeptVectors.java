package io.chiaro.example.papers;

import io.chiaro.model.Embedder;
import io.chiaro.model.ModelDescription;
import io.chiaro.model.TextRole;
import io.chiaro.onnx.OnnxEmbedder;
import io.chiaro.onnx.OnnxSettings;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** all-MiniLM-L6-v2, which computes the vector of a document once for all tests of a class, and counts what it is asked for. */
public final class KeptVectors implements Embedder {

    private final OnnxEmbedder model = OnnxEmbedder.open("all-MiniLM-L6-v2", OnnxSettings.defaults());
    private final Map<String, float[]> vectors = new ConcurrentHashMap<>();
    private final AtomicInteger documents = new AtomicInteger();

    @Override
    public float[][] embed(List<String> texts, TextRole role) {
        if (role != TextRole.DOCUMENT) {
            return model.embed(texts, role);
        }
        documents.addAndGet(texts.size());
        List<String> missing =
                texts.stream().filter(text -> !vectors.containsKey(text)).toList();
        float[][] computed = model.embed(missing, role);
        for (int i = 0; i < computed.length; i++) {
            vectors.put(missing.get(i), computed[i]);
        }
        return texts.stream().map(vectors::get).toArray(float[][]::new);
    }

    /** How many documents it was asked for since it was asked this. */
    public int documents() {
        return documents.getAndSet(0);
    }

    @Override
    public ModelDescription description() {
        return model.description();
    }

    @Override
    public void close() {
        model.close();
    }
}
