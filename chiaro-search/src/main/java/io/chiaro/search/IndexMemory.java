package io.chiaro.search;

import io.chiaro.core.ChiaroException;
import io.chiaro.model.Prompts;
import io.chiaro.search.vector.Quantisation;
import io.chiaro.search.vector.SearchEngine;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What a folder remembers of itself, beside the documents, in the commit that wrote them. */
final class IndexMemory {

    private static final String VERSION_KEY = "chiaro-index-version";
    /** Since 3 documents may be deleted, carry metadata and short forms; a folder of 2 has none of it and is read as one of 3. */
    private static final String VERSION = "3";

    /** One whose documents have sparse vectors: a program that does not know them would add documents without. */
    private static final String SPARSE_VERSION = "4";

    /** One whose words are not English: a program that does not know that would add and look for other words. */
    private static final String LANGUAGE_VERSION = "5";

    private static final Set<String> READ = Set.of("2", VERSION, SPARSE_VERSION, LANGUAGE_VERSION);
    private static final String LANGUAGE_KEY = "language";
    private static final String SPARSE_KEY = "sparse-name";
    private static final String QUANTISATION_KEY = "quantisation";
    private static final String ENGINE_KEY = "engine";

    private IndexMemory() {}

    static Map<String, String> of(IndexDescription description) {
        Map<String, String> memory = new LinkedHashMap<>();
        boolean english = description.language() == Language.ENGLISH;
        memory.put(
                VERSION_KEY, !english ? LANGUAGE_VERSION : description.sparse().isPresent() ? SPARSE_VERSION : VERSION);
        memory.put("model-name", description.modelName());
        memory.put("model-hash", description.modelHash());
        memory.put("dimension", String.valueOf(description.dimension()));
        memory.put("max-tokens", String.valueOf(description.maxTokens()));
        memory.put("prompt-text", description.prompts().text());
        memory.put("prompt-query", description.prompts().query());
        memory.put("prompt-document", description.prompts().document());
        memory.put(ENGINE_KEY, description.engine().name().toLowerCase(Locale.ROOT));
        memory.put(QUANTISATION_KEY, description.quantisation().word());
        if (!english) {
            memory.put(LANGUAGE_KEY, description.language().key());
        }
        description.sparse().ifPresent(sparse -> {
            memory.put(SPARSE_KEY, sparse.name());
            memory.put("sparse-hash", sparse.hash());
            memory.put("sparse-vocabulary", String.valueOf(sparse.vocabulary()));
            memory.put("sparse-max-tokens", String.valueOf(sparse.maxTokens()));
        });
        return memory;
    }

    /**
     * Reads what {@link #of} wrote.
     *
     * @param place begins every error
     * @param documents how many there are
     * @throws ChiaroException if it is of another version or not whole
     */
    static IndexDescription read(String place, Map<String, String> memory, int documents) {
        String version = memory.getOrDefault(VERSION_KEY, "none");
        if (!READ.contains(version)) {
            throw ChiaroException.model(place + ": expected an index of version " + LANGUAGE_VERSION + ", but found "
                    + version + ". Write the index again.");
        }
        return new IndexDescription(
                documents,
                value(place, memory, "model-name"),
                value(place, memory, "model-hash"),
                Integer.parseInt(value(place, memory, "dimension")),
                Integer.parseInt(value(place, memory, "max-tokens")),
                new Prompts(
                        value(place, memory, "prompt-text"),
                        value(place, memory, "prompt-query"),
                        value(place, memory, "prompt-document")),
                engine(place, value(place, memory, ENGINE_KEY)),
                new IndexForm(
                        quantisation(place, memory.getOrDefault(QUANTISATION_KEY, Quantisation.NONE.word())),
                        Language.of(place, memory.getOrDefault(LANGUAGE_KEY, Language.ENGLISH.key()))),
                memory.containsKey(SPARSE_KEY) ? Optional.of(sparse(place, memory)) : Optional.empty());
    }

    private static SparseModel sparse(String place, Map<String, String> memory) {
        return new SparseModel(
                value(place, memory, SPARSE_KEY),
                value(place, memory, "sparse-hash"),
                Integer.parseInt(value(place, memory, "sparse-vocabulary")),
                Integer.parseInt(value(place, memory, "sparse-max-tokens")));
    }

    private static Quantisation quantisation(String place, String name) {
        for (Quantisation quantisation : Quantisation.values()) {
            if (quantisation.word().equals(name)) {
                return quantisation;
            }
        }
        throw ChiaroException.model(place + ": expected the quantisation none, int8, binary or product, but found "
                + name + ". Write the index again.");
    }

    private static SearchEngine engine(String place, String name) {
        for (SearchEngine engine : SearchEngine.values()) {
            if (engine.name().toLowerCase(Locale.ROOT).equals(name)) {
                return engine;
            }
        }
        throw ChiaroException.model(place + ": expected the engine exact, codes, hnsw or jvector, but found " + name
                + ". Write the index again.");
    }

    private static String value(String place, Map<String, String> memory, String key) {
        String value = memory.get(key);
        if (value == null) {
            throw ChiaroException.model(
                    place + ": expected \"" + key + "\" in the index, but found none. Write the index again.");
        }
        return value;
    }
}
