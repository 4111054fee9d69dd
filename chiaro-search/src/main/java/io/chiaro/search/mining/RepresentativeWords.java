package io.chiaro.search.mining;

import io.chiaro.core.RandomStream;
import io.chiaro.model.Document;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.apache.lucene.analysis.Analyzer;
import org.apache.lucene.analysis.TokenStream;
import org.apache.lucene.analysis.standard.StandardAnalyzer;
import org.apache.lucene.analysis.tokenattributes.CharTermAttribute;

/** What words a document has more of than its collection has, and sets of them drawn by how much more. */
final class RepresentativeWords {

    private static final int MOST_DRAWN = 16;
    private static final double MEAN = 3;

    private final Map<String, Long> counts;
    private final double total;

    private RepresentativeWords(Map<String, Long> counts) {
        this.counts = counts;
        this.total = counts.values().stream().mapToLong(Long::longValue).sum();
    }

    /** Counts the words of a collection; memory holds each word once. */
    static RepresentativeWords of(Supplier<Stream<Document>> documents) {
        Map<String, Long> counts = new HashMap<>();
        try (Analyzer analyzer = new StandardAnalyzer();
                Stream<Document> read = documents.get()) {
            read.forEach(document -> tokens(analyzer, document.content())
                    .forEach((word, count) -> counts.merge(word, (long) count, Long::sum)));
        }
        return new RepresentativeWords(counts);
    }

    /** Words drawn for a text of the collection, in the order of the text; none if it has no word of its own. */
    Optional<String> of(String text, RandomStream random) {
        Map<String, Double> weights = weights(text);
        List<String> words = new ArrayList<>(weights.keySet());
        int asked = Math.min(Math.min(words.size(), MOST_DRAWN), 1 + poisson(random));
        List<String> drawn = new ArrayList<>();
        for (int i = 0; i < asked; i++) {
            double left = words.stream()
                    .filter(word -> !drawn.contains(word))
                    .mapToDouble(weights::get)
                    .sum();
            double at = random.nextDouble() * left;
            String chosen = "";
            for (String word : words) {
                if (!drawn.contains(word)) {
                    chosen = word;
                    at -= weights.getOrDefault(word, 0.0);
                    if (at < 0) {
                        break;
                    }
                }
            }
            drawn.add(chosen);
        }
        return drawn.isEmpty()
                ? Optional.empty()
                : Optional.of(
                        String.join(" ", words.stream().filter(drawn::contains).toList()));
    }

    /** p(w|d) log(p(w|d) / p(w|C)) of each word, where it is above 0, in the order of the text. */
    Map<String, Double> weights(String text) {
        Map<String, Integer> here;
        try (Analyzer analyzer = new StandardAnalyzer()) {
            here = tokens(analyzer, text);
        }
        double length = here.values().stream().mapToInt(Integer::intValue).sum();
        Map<String, Double> weights = new LinkedHashMap<>();
        here.forEach((word, count) -> {
            double share = count / length;
            double weight = share * Math.log(share * total / counts.getOrDefault(word, 1L));
            if (weight > 0) {
                weights.put(word, weight);
            }
        });
        return weights;
    }

    private static int poisson(RandomStream random) {
        double product = random.nextDouble();
        int number = 0;
        for (double least = Math.exp(-MEAN); product > least && number < MOST_DRAWN; number++) {
            product *= random.nextDouble();
        }
        return number;
    }

    private static Map<String, Integer> tokens(Analyzer analyzer, String text) {
        Map<String, Integer> counts = new LinkedHashMap<>();
        try (TokenStream tokens = analyzer.tokenStream("text", text)) {
            CharTermAttribute term = tokens.addAttribute(CharTermAttribute.class);
            tokens.reset();
            while (tokens.incrementToken()) {
                counts.merge(term.toString(), 1, Integer::sum);
            }
            tokens.end();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return counts;
    }
}
