package io.chiaro.example.papers.room;

import io.chiaro.data.KMeans;
import io.chiaro.example.papers.feed.Listing;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.apache.lucene.analysis.en.EnglishAnalyzer;

/**
 * Groups papers by their vectors and finds words for the groups. A word t is telling of a topic c if it is frequent in it and rare
 * in the others (Grootendorst, "BERTopic: Neural topic modeling with a class-based TF-IDF procedure", 2022, section 3.3): with
 * f(t, c) how often the topic has it, f(t) how often all have, and A the mean number of words of a topic,
 *
 * <pre>W(t, c) = f(t, c) * log(1 + A / f(t))</pre>
 *
 * <p>English function words are left out, and so are words of more than half of the topics, and of one paper alone.
 */
final class Topics {

    private static final int MOST = 20;
    private static final int WORDS = 6;
    private static final int STARTS = 5;
    private static final Pattern WORD = Pattern.compile("\\p{L}{3,}");

    private Topics() {}

    /** The topics, largest first; the square root of the number of papers, and not more than 20. */
    static List<Topic> of(List<Paper> papers, float[][] vectors, long seed) {
        if (papers.isEmpty()) {
            return List.of();
        }
        int count = (int) Math.max(1, Math.min(MOST, Math.round(Math.sqrt(papers.size()))));
        int[] clusters = KMeans.cluster(vectors, count, STARTS, seed);
        List<List<Paper>> groups = new ArrayList<>();
        for (int c = 0; c < count; c++) {
            groups.add(new ArrayList<>());
        }
        for (int i = 0; i < clusters.length; i++) {
            groups.get(clusters[i]).add(papers.get(i));
        }
        groups.removeIf(List::isEmpty);
        List<List<String>> words = words(groups);
        List<Topic> topics = new ArrayList<>();
        for (int c = 0; c < groups.size(); c++) {
            groups.get(c).sort(Shelf.NEWEST_FIRST);
            topics.add(new Topic(words.get(c), groups.get(c)));
        }
        topics.sort(Comparator.comparingInt((Topic topic) -> -topic.papers().size()));
        return topics;
    }

    /** The most telling words of each group. */
    static List<List<String>> words(List<List<Paper>> groups) {
        Map<String, Integer> papersWith = new HashMap<>();
        Map<String, Integer> groupsWith = new HashMap<>();
        Map<String, Integer> inAll = new HashMap<>();
        List<Map<String, Integer>> inGroup = new ArrayList<>();
        long total = 0;
        for (List<Paper> group : groups) {
            Map<String, Integer> counts = new TreeMap<>();
            for (Paper paper : group) {
                List<String> words = words(paper.listing());
                words.forEach(word -> counts.merge(word, 1, Integer::sum));
                new TreeSet<>(words).forEach(word -> papersWith.merge(word, 1, Integer::sum));
                total += words.size();
            }
            counts.forEach((word, count) -> {
                inAll.merge(word, count, Integer::sum);
                groupsWith.merge(word, 1, Integer::sum);
            });
            inGroup.add(counts);
        }
        double mean = (double) total / groups.size();
        int common = Math.max(1, groups.size() / 2);
        List<List<String>> telling = new ArrayList<>();
        for (Map<String, Integer> counts : inGroup) {
            telling.add(counts.keySet().stream()
                    .filter(word -> count(papersWith, word) > 1 && count(groupsWith, word) <= common)
                    .sorted(Comparator.comparingDouble(
                            word -> -count(counts, word) * Math.log1p(mean / count(inAll, word))))
                    .limit(WORDS)
                    .toList());
        }
        return telling;
    }

    private static int count(Map<String, Integer> counts, String word) {
        return counts.getOrDefault(word, 0);
    }

    private static List<String> words(Listing listing) {
        return WORD.matcher((listing.title() + " " + listing.abstractText()).toLowerCase(Locale.ROOT))
                .results()
                .map(MatchResult::group)
                .filter(word -> !EnglishAnalyzer.getDefaultStopSet().contains(word))
                .toList();
    }
}
