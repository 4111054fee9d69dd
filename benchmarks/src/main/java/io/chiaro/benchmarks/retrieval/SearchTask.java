package io.chiaro.benchmarks.retrieval;

import io.chiaro.core.RandomStream;
import io.chiaro.model.Document;
import io.chiaro.search.mining.HardNegatives;
import io.chiaro.search.mining.PseudoQueries;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * A collection with judged queries, and what may be learned from.
 *
 * @param documents the collection, without repetitions
 * @param queries texts of the judged queries by id
 * @param judgments grades by document id, by query id
 * @param pairs question and answer of the training part, none of whose questions is judged; empty if there is none
 * @param texts what negatives are mined among besides the pairs' answers
 * @param method how questions are made of the collection alone
 * @param words what queries and documents are, for people
 */
public record SearchTask(
        List<Document> documents,
        Map<String, String> queries,
        Map<String, Map<String, Integer>> judgments,
        List<HardNegatives.Pair> pairs,
        List<String> texts,
        PseudoQueries.Method method,
        String words) {

    /** The same with some of the judged queries, drawn, and all documents. */
    public SearchTask withQueries(int most, long seed) {
        if (queries.size() <= most) {
            return this;
        }
        List<String> ids = List.copyOf(queries.keySet());
        Set<String> drawn = IntStream.of(RandomStream.of(seed, "judged queries").permutation(ids.size()))
                .limit(most)
                .mapToObj(ids::get)
                .collect(Collectors.toSet());
        Map<String, String> asked = new LinkedHashMap<>();
        Map<String, Map<String, Integer>> judged = new LinkedHashMap<>();
        queries.entrySet().stream()
                .filter(query -> drawn.contains(query.getKey()))
                .forEach(query -> {
                    asked.put(query.getKey(), query.getValue());
                    judged.put(query.getKey(), Objects.requireNonNull(judgments.get(query.getKey())));
                });
        return new SearchTask(documents, asked, judged, pairs, texts, method, words);
    }
}
