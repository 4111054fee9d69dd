package io.chiaro.benchmarks.retrieval;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Pairs of texts that match or do not, in the parts in which they are published. A left text can be in several parts, with other right
 * ones.
 *
 * @param train to learn from
 * @param valid to weigh and to choose a threshold by
 * @param test to judge by
 */
record MatchingTask(List<Pair> train, List<Pair> valid, List<Pair> test) {

    /** One of them. */
    record Pair(String left, String right, boolean match) {}

    /** Right texts of all parts by id, each once. */
    Map<String, String> collection() {
        Map<String, String> ids = new LinkedHashMap<>();
        Stream.of(train, valid, test)
                .flatMap(List::stream)
                .forEach(pair -> ids.putIfAbsent(pair.right(), "d" + ids.size()));
        return ids;
    }

    /** Of each pair of the test part, whether another part holds it too, in the same words. */
    boolean[] met() {
        Set<Pair> known = Stream.concat(train.stream(), valid.stream()).collect(Collectors.toSet());
        boolean[] met = new boolean[test.size()];
        for (int i = 0; i < met.length; i++) {
            met[i] = known.contains(test.get(i));
        }
        return met;
    }

    /** Pairs of records of two tables. */
    static MatchingTask ofRecords(Path folder) {
        return new MatchingTask(
                records(folder.resolve("train.txt.gz")),
                records(folder.resolve("valid.txt.gz")),
                records(folder.resolve("test.txt.gz")));
    }

    private static List<Pair> records(Path file) {
        return SearchSet.matches(file).stream()
                .map(row -> new Pair(row[0], row[1], row[2].equals("1")))
                .toList();
    }

    /** Pairs of sentences. */
    static MatchingTask ofSentences(Path folder) {
        return new MatchingTask(
                sentences(folder.resolve("msr-para-train.tsv")),
                sentences(folder.resolve("msr-para-val.tsv")),
                sentences(folder.resolve("msr-para-test.tsv")));
    }

    private static List<Pair> sentences(Path file) {
        return SearchSet.lines(file)
                .skip(1)
                .map(line -> line.split("\t", -1))
                .map(cells -> new Pair(cells[3], cells[4], cells[0].equals("1")))
                .toList();
    }
}
