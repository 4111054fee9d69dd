package io.chiaro.model;

import io.chiaro.core.ChiaroException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Vectors of length one of texts, each different text embedded once, those of like length together. */
public final class TextVectors {

    /** Texts handed to the embedder at once: enough to sort by length, little enough to hold. */
    public static final int WINDOW = 2048;

    private TextVectors() {}

    /** A vector for each text, in order; equal texts share one array. */
    public static float[][] of(Embedder embedder, List<String> texts, TextRole role) {
        Set<String> different = new LinkedHashSet<>(texts);
        List<String> order = new ArrayList<>(different);
        order.sort(Comparator.comparingInt(String::length));
        Map<String, float[]> vectors = new HashMap<>(order.size() * 2);
        for (int start = 0; start < order.size(); start += WINDOW) {
            List<String> window = order.subList(start, Math.min(order.size(), start + WINDOW));
            float[][] embedded = embedder.embed(window, role);
            if (embedded.length != window.size()) {
                throw new IllegalStateException(
                        "TextVectors: the embedder " + embedder.description().name() + " gave " + embedded.length
                                + " vectors for " + window.size() + " texts");
            }
            for (int i = 0; i < embedded.length; i++) {
                check(embedder, embedded[i], window.get(i));
                normalize(embedded[i]);
                vectors.put(window.get(i), embedded[i]);
            }
        }
        float[][] result = new float[texts.size()][];
        for (int i = 0; i < result.length; i++) {
            result[i] = java.util.Objects.requireNonNull(vectors.get(texts.get(i)));
        }
        return result;
    }

    private static void check(Embedder embedder, float[] vector, String text) {
        for (float value : vector) {
            if (!Float.isFinite(value)) {
                throw ChiaroException.model(
                        embedder.description().name() + ": expected finite numbers in an embedding, but "
                                + "found " + value + " for the text \""
                                + (text.length() > 60 ? text.substring(0, 60) + "..." : text)
                                + "\". The weights are broken; train or export the model again.");
            }
        }
    }

    /** Divides by the length; a vector of length 0 stays as it is. */
    public static void normalize(float[] vector) {
        double squares = 0;
        for (float value : vector) {
            squares += (double) value * value;
        }
        double length = Math.max(Math.sqrt(squares), 1e-12);
        for (int i = 0; i < vector.length; i++) {
            vector[i] = (float) (vector[i] / length);
        }
    }

    /** The inner product, which for vectors of length one is the cosine. */
    public static double dot(float[] a, float[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += (double) a[i] * b[i];
        }
        return sum;
    }

    /** The euclidean distance. */
    public static double distance(float[] a, float[] b) {
        double squares = 0;
        for (int i = 0; i < a.length; i++) {
            double apart = (double) a[i] - b[i];
            squares += apart * apart;
        }
        return Math.sqrt(squares);
    }
}
