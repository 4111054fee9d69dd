package io.chiaro.benchmarks.effects;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Under what the texts of a bench are learned.
 *
 * @param base the model that runs begin with
 * @param rate the greatest learning rate
 */
record TextBudget(String base, int steps, int batch, double rate) {

    /** The same for other steps. */
    TextBudget withSteps(int other) {
        return new TextBudget(base, other, batch, rate);
    }

    /**
     * As rows and tables have it.
     *
     * @param start what is put on the base; may be empty
     */
    Map<String, Object> plain(String bench, String data, String start, String judgedBy) {
        Map<String, Object> plain = new LinkedHashMap<>();
        plain.put("bench", bench);
        plain.put("data", data);
        plain.put("base", base + start);
        plain.put("steps", steps);
        plain.put("batch", batch);
        plain.put("learning-rate", rate);
        plain.put("judged by", judgedBy);
        return plain;
    }

    /** What a run is told, but for its recipe and settings. */
    Map<String, Object> told(List<?> sources, Path out, long seed) {
        Map<String, Object> told = new LinkedHashMap<>();
        told.put("data", sources);
        told.put("base", base);
        told.put("out", out.toString());
        told.put("steps", steps);
        told.put("batch", batch);
        told.put("learning-rate", rate);
        told.put("checkpoint-steps", steps);
        told.put("seed", seed);
        return told;
    }
}
