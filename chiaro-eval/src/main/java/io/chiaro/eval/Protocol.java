package io.chiaro.eval;

import io.chiaro.model.ModelDescription;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How a figure came about: all that must be equal before two figures may be compared.
 *
 * @param task the key of the task
 * @param data the folder or file as it was given, or the name of data that were made in memory
 * @param dataHash SHA-256 over the files that were read, empty for data in memory
 * @param split which part of the data
 * @param name what tells the system from others in a table
 * @param system one line that names what was judged
 * @param model the model behind it, if it is one: name, hash, dimension, limit in tokens, poolings, prompts
 * @param similarity how two vectors are compared, empty where a ranker brings its own scores
 * @param sizes counts of what took part, by name
 * @param metrics the definition of each metric, by key
 * @param settings further rules and parameters, by name
 * @param seeds the seeds of everything random
 * @param notes what a reader must know besides, each one sentence
 */
public record Protocol(
        String task,
        String data,
        String dataHash,
        String split,
        String name,
        String system,
        Optional<ModelDescription> model,
        String similarity,
        Map<String, Integer> sizes,
        Map<String, String> metrics,
        Map<String, String> settings,
        List<Long> seeds,
        List<String> notes) {

    public Protocol {
        sizes = Collections.unmodifiableMap(new LinkedHashMap<>(sizes));
        metrics = Collections.unmodifiableMap(new LinkedHashMap<>(metrics));
        settings = Collections.unmodifiableMap(new LinkedHashMap<>(settings));
        seeds = List.copyOf(seeds);
        notes = List.copyOf(notes);
    }
}
